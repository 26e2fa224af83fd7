export const subtle: SubtleCrypto = globalThis.crypto.subtle;
export const randomBytes = (count: number) =>
  globalThis.crypto.getRandomValues(new Uint8Array(count));
