// Runs the providers' own SDKs against our signatures and ours against theirs.
// usage: node interop.mjs <signing_tool> <folder for node_modules>
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { generateKeyPairSync, sign as cryptoSign } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [tool, folder] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));

function install() {
  mkdirSync(folder, { recursive: true });
  const wanted = readFileSync(join(here, 'package.json'), 'utf8');
  const stamp = join(folder, 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  copyFileSync(join(here, 'package.json'), join(folder, 'package.json'));
  const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'],
    { cwd: folder, encoding: 'utf8' });
  if (npm.status !== 0) {
    console.error('interop: the SDKs could not be installed from the npm registry. Is npm there, and the network?');
    console.error(npm.error ? String(npm.error) : npm.stderr.split('\n').slice(0, 5).join('\n'));
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

install();
const require = createRequire(join(folder, 'package.json'));
const work = mkdtempSync(join(tmpdir(), 'katydid-interop-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const secret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const now = Math.floor(Date.now() / 1000);
const url = 'https://hub.example/hook?a=1';
const body = '{"id":"evt_1","type":"resource.updated","data":{"name":"Gr\u00fc\u00dfe"}}';
let failures = 0;
let checks = 0;

function check(name, good) {
  checks += 1;
  if (good) return;
  failures += 1;
  console.error(`interop: ${name} failed`);
}

function run(command, options) {
  const bodyFile = join(work, 'body');
  writeFileSync(bodyFile, options.body ?? body);
  const args = [command, '--scheme', options.scheme, '--secret-env', 'INTEROP_SECRET', '--at', String(now),
    '--url', options.url ?? url, '--body-file', bodyFile, ...(options.more ?? [])];
  return spawnSync(tool, args, { encoding: 'utf8', env: { ...process.env, INTEROP_SECRET: options.secret ?? secret } });
}

/** Our headers, with lower-case names. */
function ours(options) {
  const done = run('sign', { ...options, more: ['--json', '--id', 'msg_1', '--event-type', 'orders/create', ...(options.more ?? [])] });
  if (done.status !== 0) throw new Error(`sign ${options.scheme}: ${done.stderr}`);
  return Object.fromEntries(Object.entries(JSON.parse(done.stdout)).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Whether we accept these headers. */
function weAccept(options, headers) {
  const more = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  return run('verify', { ...options, more }).status === 0;
}

async function accepts(attempt) {
  try {
    const answer = await attempt();
    return answer !== false && answer?.valid !== false;
  } catch {
    return false;
  }
}

/** The SDK accepts what we signed and refuses another body; we accept what it signed, and refuse another body. */
async function both(name, options, sdkVerifies, sdkSigns) {
  if (sdkVerifies) {
    const headers = ours(options);
    check(`${name} accepts ours`, await accepts(() => sdkVerifies(headers, options.body ?? body)));
    check(`${name} refuses a changed body`, !(await accepts(() => sdkVerifies(headers, `${options.body ?? body} `))));
  }
  if (sdkSigns) {
    const headers = await sdkSigns(options.body ?? body);
    check(`we accept ${name}`, weAccept(options, headers));
    check(`we refuse a changed body of ${name}`, !weAccept({ ...options, body: `${options.body ?? body} ` }, headers));
    check(`we refuse another secret of ${name}`, !weAccept({ ...options, secret: options.otherSecret ?? 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, headers));
  }
}

const Stripe = require('stripe');
const stripe = new Stripe('sk_test_x');
await both('stripe', { scheme: 'stripe', secret: 'whsec_test' },
  (headers, text) => stripe.webhooks.constructEvent(text, headers['stripe-signature'], 'whsec_test'),
  (payload) => ({ 'Stripe-Signature': stripe.webhooks.generateTestHeaderString({ payload, secret: 'whsec_test', timestamp: now }) }));

const octokit = await import(join(folder, 'node_modules/@octokit/webhooks-methods/dist-node/index.js'));
await both('@octokit/webhooks-methods', { scheme: 'github' },
  (headers, text) => octokit.verify(secret, text, headers['x-hub-signature-256']),
  async (text) => ({ 'X-Hub-Signature-256': await octokit.sign(secret, text) }));

const standard = new (require('standardwebhooks').Webhook)(secret);
for (const scheme of ['standard-webhooks', 'openai'])
  await both(`standardwebhooks (${scheme})`, { scheme, secret: `whsec_${secret}` },
    (headers, text) => standard.verify(text, headers),
    (text) => ({ 'webhook-id': 'msg_1', 'webhook-timestamp': String(now), 'webhook-signature': standard.sign('msg_1', new Date(now * 1000), text) }));

const svix = new (require('svix').Webhook)(`whsec_${secret}`);
await both('svix', { scheme: 'svix', secret: `whsec_${secret}` },
  (headers, text) => svix.verify(text, headers),
  (text) => ({ 'svix-id': 'msg_1', 'svix-timestamp': String(now), 'svix-signature': svix.sign('msg_1', new Date(now * 1000), text) }));

// docs/guides/coming-from.md says so: a customer of Svix's libraries needs no svix-… headers.
await both('svix (webhook-… headers)', { scheme: 'standard-webhooks', secret: `whsec_${secret}` },
  (headers, text) => svix.verify(text, headers));

const twilio = require('twilio');
const form = 'To=%2B15551234&From=%2B15559876&Body=a+b&MessageStatus=sent';
const formType = ['--content-type', 'application/x-www-form-urlencoded'];
const fields = (text) => Object.fromEntries(new URLSearchParams(text));
await both('twilio', { scheme: 'twilio', body: form, more: formType },
  (headers, text) => twilio.validateRequest(secret, headers['x-twilio-signature'], url, fields(text.replace(/ $/, 'x'))));
const twilioSignature = require('twilio/lib/webhooks/webhooks').getExpectedTwilioSignature(secret, url, fields(form));
const twilioHeaders = { 'X-Twilio-Signature': twilioSignature, 'Content-Type': 'application/x-www-form-urlencoded' };
check('we accept twilio', weAccept({ scheme: 'twilio', body: form }, twilioHeaders));
check('we refuse a changed form of twilio', !weAccept({ scheme: 'twilio', body: `${form}x` }, twilioHeaders));
check('we refuse another URL of twilio', !weAccept({ scheme: 'twilio', body: form, url: `${url}2` }, twilioHeaders));

const { verifySlackRequest } = require('@slack/bolt/dist/receivers/verify-request');
await both('@slack/bolt', { scheme: 'slack' }, (headers, text) => verifySlackRequest({
  signingSecret: secret,
  body: text,
  headers: { 'x-slack-signature': headers['x-slack-signature'], 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) },
}));

const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ecPublic = ec.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const ecOther = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const { EventWebhook } = require('@sendgrid/eventwebhook');
const eventWebhook = new EventWebhook();
await both('@sendgrid/eventwebhook', { scheme: 'sendgrid', secret: ec.privateKey.export({ type: 'pkcs8', format: 'pem' }) },
  (headers, text) => eventWebhook.verifySignature(eventWebhook.convertPublicKeyToECDSA(ecPublic), text,
    headers['x-twilio-email-event-webhook-signature'], headers['x-twilio-email-event-webhook-timestamp']));
await both('sendgrid (node:crypto)', { scheme: 'sendgrid', secret: ecPublic, otherSecret: ecOther }, null, (text) => ({
  'X-Twilio-Email-Event-Webhook-Signature': cryptoSign('sha256', Buffer.from(now + text), ec.privateKey).toString('base64'),
  'X-Twilio-Email-Event-Webhook-Timestamp': String(now),
}));

require('@shopify/shopify-api/adapters/node');
const { shopifyApi } = require('@shopify/shopify-api');
const shopify = shopifyApi({ apiKey: 'k', apiSecretKey: secret, hostName: 'hub.example', apiVersion: '2025-01', isEmbeddedApp: false });
await both('@shopify/shopify-api', { scheme: 'shopify' }, (headers, text) => shopify.webhooks.validate({
  rawBody: text,
  rawRequest: {
    method: 'POST', url: '/hook',
    headers: { ...headers, 'x-shopify-api-version': '2025-01', 'x-shopify-shop-domain': 'a.myshopify.com' },
  },
  rawResponse: {},
}));

const ed = generateKeyPairSync('ed25519');
const edPublic = ed.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
const edOther = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
const edSeed = ed.privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32).toString('hex');
const { verifyKey } = require('discord-interactions');
await both('discord-interactions', { scheme: 'discord', secret: edSeed },
  (headers, text) => verifyKey(text, headers['x-signature-ed25519'], headers['x-signature-timestamp'], edPublic));
await both('discord (node:crypto)', { scheme: 'discord', secret: edPublic, otherSecret: edOther }, null, (text) => ({
  'X-Signature-Ed25519': cryptoSign(null, Buffer.from(now + text), ed.privateKey).toString('hex'),
  'X-Signature-Timestamp': String(now),
}));

const { signRequest } = require('@contentful/node-apps-toolkit');
const contentfulSecret = secret.repeat(2);
const topic = { 'X-Contentful-Topic': 'ContentManagement.Entry.publish' };
for (const path of ['/hook', '/hook?x=1', '/hook?x=1&y=%20a+b', '/hook?q[]=(1)~!*&z=a%2Fb', '/a%20b?x'])
  await both(`@contentful/node-apps-toolkit (${path})`, { scheme: 'contentful', secret: contentfulSecret, url: `https://hub.example${path}` }, null,
    (text) => ({ ...topic, ...signRequest(contentfulSecret, { method: 'POST', path, headers: topic, body: text }, now * 1000) }));

// The samples of `katydid trigger`, every type of a provider, by its SDK.
function trigger(...options) {
  const done = spawnSync(tool, ['trigger', ...options, '--json'],
    { encoding: 'utf8', env: { ...process.env, INTEROP_SECRET: secret } });
  if (done.status !== 0) throw new Error(`trigger ${options}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}

async function samples(provider, key, sdkVerifies) {
  const keyFile = join(work, `${provider}.pem`);
  if (key) writeFileSync(keyFile, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const signing = key ? ['--private-key-file', keyFile] : ['--secret-env', 'INTEROP_SECRET'];
  for (const { type } of trigger('--list', provider)) {
    const sent = trigger(provider, type, '--to', url, '--print', ...signing);
    const headers = Object.fromEntries(sent.headers.map(([name, value]) => [name.toLowerCase(), value]));
    check(`${provider} ${type} by its SDK`, await accepts(() => sdkVerifies(headers, sent.body)));
    check(`${provider} ${type}, changed, by its SDK`, !(await accepts(() => sdkVerifies(headers, `${sent.body}x`))));
  }
}

await samples('stripe', null, (headers, text) => stripe.webhooks.constructEvent(text, headers['stripe-signature'], secret));
await samples('github', null, (headers, text) => octokit.verify(secret, text, headers['x-hub-signature-256']));
for (const provider of ['standard-webhooks', 'grasshopper'])
  await samples(provider, null, (headers, text) => standard.verify(text, headers));
for (const provider of ['svix', 'clerk', 'resend'])
  await samples(provider, null, (headers, text) => svix.verify(text, headers));
await samples('slack', null, (headers, text) => verifySlackRequest({
  signingSecret: secret,
  body: text,
  headers: { 'x-slack-signature': headers['x-slack-signature'], 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) },
}));
await samples('shopify', null, (headers, text) => shopify.webhooks.validate({
  rawBody: text, rawRequest: { method: 'POST', url: '/hook', headers }, rawResponse: {},
}));
await samples('twilio', null, (headers, text) => twilio.validateRequest(secret, headers['x-twilio-signature'], url, fields(text)));
await samples('sendgrid', ec.privateKey, (headers, text) => eventWebhook.verifySignature(
  eventWebhook.convertPublicKeyToECDSA(ecPublic), text,
  headers['x-twilio-email-event-webhook-signature'], headers['x-twilio-email-event-webhook-timestamp']));
await samples('discord', ed.privateKey, (headers, text) => verifyKey(text, headers['x-signature-ed25519'], headers['x-signature-timestamp'], edPublic));

console.log(`interop: ${checks - failures} of ${checks} checks passed`);
process.exit(failures === 0 ? 0 : 1);
