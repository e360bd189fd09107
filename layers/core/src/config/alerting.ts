// What fargaze.yml says of the alerts on a probe, on all probes of a module, or on an objective.

/** How bad an alert is. `critical` pages, `warning` can wait until the morning. */
export type Severity = 'critical' | 'warning';

/** How many of how many results must have failed before a target counts as down. */
export type AlertThreshold = { readonly failed: number; readonly of: number };

/** Labels and severity that the alerts carry besides their own. */
export type AlertLabels = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly severity?: Severity;
};

/** The same with the threshold, for what is probed. */
export type ProbeAlerting = AlertLabels & { readonly alert?: AlertThreshold };

/** Absolute URLs without a slash at their end. */
export type AlertLinks = {
  /** Where the runbooks are. */
  readonly runbooks?: string;
  /** The Grafana that has the boards. */
  readonly grafana?: string;
};
