// The one Node-only import (crypto_node.ts), without the types of all of Node.
declare module "node:crypto" {
  export const webcrypto: Crypto;
}
