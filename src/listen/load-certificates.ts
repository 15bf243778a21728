// Certificates for clients, loaded when HTTPS is wanted: making them takes a library that nobody else needs.

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { ClientCertificates } from "./client-certificates.ts";
import type { SharedCa } from "./local-ca.ts";

/** The owner's certificates, and the local CA for every other name. `warn` hears why the CA cannot be kept. */
export async function loadCertificates(
  listen: GatewayConfig["listen"],
  warn: (why: string) => void,
): Promise<ClientCertificates> {
  const { LocalCa, Certificates } = await load();
  return new Certificates(await LocalCa.loadOrInMemory(listen.caFolder, warn), listen);
}

/** The same with a CA that another process has. */
export async function shareCertificates(
  listen: GatewayConfig["listen"],
  ca: SharedCa,
): Promise<ClientCertificates> {
  const { LocalCa, Certificates } = await load();
  return new Certificates(await LocalCa.from(ca), listen);
}

async function load() {
  const [{ LocalCa }, { ClientCertificates: Certificates }] = await Promise.all([
    import("./local-ca.ts"),
    import("./client-certificates.ts"),
  ]);
  return { LocalCa, Certificates };
}
