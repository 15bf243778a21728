// An admin server whose gateway has every secret that a configuration can name.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startAdmin, type TestAdmin } from "./admin.ts";
import { makeSecureListener } from "./secure-listener.ts";

/** The token that the admin server asks for, and the one that reveals errors. */
export const token = "t0ken-of-the-admin-server";
export const revealToken = "t0ken-that-reveals";
/** Bears the first of them. */
export const authorization = { authorization: `Bearer ${token}` };

/** Such a server, and a line of the private key that its gateway shows origins. */
export interface SecretAdmin extends TestAdmin {
  readonly keyLine: string;
}

/** Starts it. */
export async function startWithSecrets(): Promise<SecretAdmin> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  const fileOf = (name: string, content: string): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const secure = await makeSecureListener("admin.test");
  const pair = secure.listen.certificates?.[0] ?? { cert: "", key: "" };
  const keyLine = readFileSync(pair.key, "utf8").split("\n")[1] ?? "";
  const admin = await startAdmin({
    admin: { tokenFile: fileOf("token", token) },
    errors: { reveal: { tokenFile: fileOf("reveal", revealToken) } },
    zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"], clientCertificate: pair }],
  });
  secure.remove();
  rmSync(folder, { recursive: true });
  return { ...admin, keyLine };
}

/** Every route that answers and ends; `ray` is an exchange. */
export function routes(ray: string): readonly string[] {
  return [
    "/metrics",
    "/healthz",
    "/readyz",
    "/api/openapi.json",
    "/api/settings",
    "/api/zones",
    "/api/exchanges",
    `/api/exchanges/${ray}`,
    `/api/exchanges/${ray}/page`,
    "/api/explain/expired",
  ];
}
