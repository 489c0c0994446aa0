/** Alerts, events and usage. */
export type MonitorApi = object;
