// What is in the cookie by which a client is known again: which origin it belongs to and since when, encrypted, so that nobody
// else can read it or make one.

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** One client's belonging to one origin. */
export interface Session {
  /** 32 hexadecimal digits that name the origin in its zone. */
  readonly originId: string;
  /** Seconds since the epoch. */
  readonly begunAt: number;
}

/** Made with the process: cookies outlive a change of the configuration, and no restart. */
let key: Uint8Array = randomBytes(32);

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const idBytes = 16;
const timeBytes = 4;
const tagBytes = 16;
/** In base64url; 48 bytes are 64 characters, without any to spare. */
const valueSyntax = /^[\w-]{64}$/;

/** The key, for another process that is to know the same cookies. */
export function sessionKey(): Uint8Array {
  return key;
}

/** Knows the cookies of another process from now on. */
export function shareSessionKey(shared: Uint8Array): void {
  key = shared;
}

/** The cookie's value for a session in a zone. */
export function sealSession({ originId, begunAt }: Session, zone: string): string {
  const nonce = randomBytes(nonceBytes);
  const plain = Buffer.alloc(idBytes + timeBytes);
  plain.write(originId, "hex");
  plain.writeUInt32BE(begunAt, idBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(zone));
  const sealed = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString("base64url");
}

/** The session of a value that was sealed for this zone by this process; null for anything else. */
export function openSession(value: string, zone: string): Session | null {
  if (!valueSyntax.test(value)) return null;
  const bytes = Buffer.from(value, "base64url");
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(zone));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const plain = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
  } catch {
    return null; // Somebody else made it, or it is for another zone.
  }
  return {
    originId: plain.toString("hex", 0, idBytes),
    begunAt: plain.readUInt32BE(idBytes),
  };
}
