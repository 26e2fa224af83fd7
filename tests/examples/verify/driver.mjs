import { readFileSync } from "node:fs";
import { isGenuine } from "./verify.mjs";

const isIt = isGenuine(process.env.WEBHOOK_SECRET, ...process.argv.slice(2), readFileSync(0));
console.log(isIt ? "genuine" : "forged");
