// The schedules of functions whose work is divided by `shards`: each invocation names its part.

/** `shards` of fargaze.yml: as many schedules for the functions of web probes, and `bridge.shards` for the bridge. */
function shareSchedules({ functions }, { bridge, shards }, inputOf) {
  const counts = { 'web-probe': shards, 'web-probe-vpc': shards, 'ecs-bridge': bridge.shards };
  for (const [name, shards] of Object.entries(counts)) {
    const found = functions[name];
    if (shards === 1 || found === undefined || found.events.length !== 1) continue;
    const [{ schedule }] = found.events;
    found.events = Array.from({ length: shards }, (_, index) => {
      const own = { schedule: '1m', shard: `${index + 1}/${shards}` };
      return { schedule: { ...schedule, ...inputOf(own) } };
    });
  }
}

/** EventBridge puts the time of the tick into it, as into its own event, which has no place for a shard. */
function toInputWithTime(own) {
  const inputTemplate = `${JSON.stringify(own).slice(0, -1)},"time":<time>}`;
  return { inputTransformer: { inputPathsMap: { time: '$.time' }, inputTemplate } };
}

/** serverless-offline knows no transformer: the function takes the tick's time from its clock. */
function toInput(own) {
  return { input: own };
}

module.exports = { shareSchedules, toInput, toInputWithTime };
