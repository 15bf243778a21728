// The reasons of tls_alert_received: every alert registered for TLS, under its own name and with its number.
// The texts are split by what the alert is about; this is the list that puts them together.

import type { AlertFacts } from "../explanation.ts";
import { tlsClientCertificateAlerts } from "./tls-alerts-client-certificate.ts";
import { tlsProtocolAlerts } from "./tls-alerts-protocol.ts";
import { tlsRefusalAlerts } from "./tls-alerts-refusal.ts";
import { tlsRetiredAlerts } from "./tls-alerts-retired.ts";

/** Reasons of `tls_alert_received`. */
export const tlsAlertReceivedReasons = {
  ...tlsRefusalAlerts,
  ...tlsClientCertificateAlerts,
  ...tlsProtocolAlerts,
  ...tlsRetiredAlerts,
} as const satisfies Record<string, AlertFacts>;
