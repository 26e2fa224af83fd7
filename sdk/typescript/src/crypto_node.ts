// Node 18 has Web Crypto but not yet as a global. The `imports` of package.json choose this file
// on Node alone; every other runtime gets crypto_web.ts.
import { webcrypto } from "node:crypto";

const crypto: Crypto = globalThis.crypto ?? webcrypto;
export const subtle: SubtleCrypto = crypto.subtle;
export const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count));
