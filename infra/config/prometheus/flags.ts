// Flags that Prometheus is run with beside the address and paths of its place, deployed and local alike.
// out_of_order_time_window stands in prometheus.yml: it is configuration, not a flag.

/** Takes what the bridge writes, and shows it between two writes: with points of a minute that settle for two and come every five, the newest is up to 8 minutes old. */
export const prometheusFlags = [
  '--web.enable-remote-write-receiver',
  '--query.lookback-delta=10m',
] as const;
