// Certificates for clients, loaded when HTTPS is wanted: making them takes a library that nobody else needs.

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { ClientCertificates } from "./client-certificates.ts";

/** The owner's certificates, and the local CA for every other name. `warn` hears why the CA cannot be kept. */
export async function loadCertificates(
  listen: GatewayConfig["listen"],
  warn: (why: string) => void,
): Promise<ClientCertificates> {
  const [{ LocalCa }, { ClientCertificates: Certificates }] = await Promise.all([
    import("./local-ca.ts"),
    import("./client-certificates.ts"),
  ]);
  return new Certificates(await LocalCa.loadOrInMemory(listen.caFolder, warn), listen);
}
