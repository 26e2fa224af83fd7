export const subtle: SubtleCrypto = globalThis.crypto.subtle;
