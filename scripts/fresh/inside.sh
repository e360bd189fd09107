# Runs inside a bare system, as its process 1: `npm ci` and one command, by one user; says how long each took and what is left.
# Started by scripts/try-fresh only.
user=$1 home=$2 command=$3
set -uo pipefail
touch /begun
code=0

as_user() {
  if [ "$user" = root ]; then HOME=$home bash -c "$1"; else su "$user" -s /bin/bash -c "$1"; fi
}

timed() {
  local begun=$SECONDS
  as_user ". /lent.env; export HOME=$home LANG=C.UTF-8; cd $home/fargaze && $2" || code=$?
  printf -- '-- %s: %s s, exit code %s\n' "$1" $((SECONDS - begun)) "$code"
}

# Ctrl-C comes from the terminal to the whole group: so does this, once a probe's result is in Prometheus.
start_until_probed='
set -m
npm start >$HOME/start.log 2>&1 &
group=$!
for second in $(seq 600); do
  sleep 1
  kill -0 "$group" 2>/dev/null || break
  node --input-type=module -e "
    import { readFileSync } from \"node:fs\";
    const { prometheus } = JSON.parse(readFileSync(\".stack/endpoints.json\", \"utf8\"));
    const answer = await (await fetch(prometheus + \"/api/v1/query?query=probe_success\")).json();
    if (answer.data.result.length < 2) process.exit(1);
    for (const { metric, value } of answer.data.result) console.log(\"probe_success\", metric.instance, value[1]);
  " 2>/dev/null && { probed=1; break; }
done
kill -INT -- "-$group" 2>/dev/null
wait "$group"
code=$?
# npm may be gone before what it started.
for second in $(seq 30); do [ -e .stack/endpoints.json ] || break; sleep 1; done
[ -n "${probed:-}" ] || { tail -n 40 "$HOME/start.log"; exit 1; }
rm "$HOME/start.log"
# 130 is what a shell gives for a command that Ctrl-C ended.
[ "$code" = 130 ] || exit "$code"
'

timed 'npm ci' 'npm ci'
if [ "$code" = 0 ]; then
  if [ "$command" = test ]; then timed 'npm test' 'npm test'; else timed 'npm start' "$start_until_probed"; fi
fi

echo '-- processes left behind:'
for process in /proc/[0-9]*; do
  pid=${process#/proc/}
  [ "$pid" = 1 ] || [ "$pid" = $$ ] || [ ! -e "$process/exe" ] || tr '\0' ' ' <"$process/cmdline" | sed "s/^/   /;s/$/\n/"
done
echo '-- files left behind outside the clone and the cache of the user:'
find / -xdev \( -path /proc -o -path /dev -o -path /sys -o -path "$home/fargaze" -o -path "$home/.cache" -o -path "$home/.npm" \) -prune \
  -o -type f -newer /begun -printf '   %p\n' | head -n 20
exit "$code"
