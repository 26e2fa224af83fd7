// One refused request: the diagnosis, what came, and the way in after the fix.
import type { Accepted, Rejected } from "@v1";
import { get, post, send } from "../../api";
import { Card, Empty, Facts, PageFailure, Id, Loading, PageHead } from "../../components/bits";
import { Time } from "../../components/time";
import { attempt, say } from "../../components/toast";
import { formatBytes } from "../../format";
import { useQuery } from "../../query";
import { go, href } from "../../router";
import { may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { Bytes } from "../traffic/event_payload";

const t = texts.rejected;

export const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

export function RejectedPage({ id }: { id: string }) {
  const path = `v1/rejected/${id}`;
  const asked = useQuery(path, (abort) => get<Rejected>(path, {}, abort));
  const judge = () =>
    attempt(async () => {
      const accepted = await post<Accepted>(`${path}/replay`);
      say(t.let_in);
      go(`events/${accepted.id}`);
    });
  const discard = async () => {
    if (await attempt(() => send(path, { method: "DELETE" }), t.discarded)) go("rejected");
  };
  const canWrite = may("sources:write");
  useKeys({ Escape: () => go("rejected"), ...(canWrite ? { r: () => void judge() } : {}) });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const rejected = asked.data;
  return (
    <>
      <PageHead
        over={[t.title, "rejected"]}
        title={rejected.reason}
        side={
          canWrite && (
            <>
              <button class="danger" onClick={discard}>
                {t.delete}
              </button>
              <button class="primary" title={t.judge_lead} onClick={judge}>
                {t.judge}
              </button>
            </>
          )
        }
      />
      <section class="why dead" aria-label={t.diagnosis}>
        <h2>{t.diagnosis}</h2>
        <p>{rejected.diagnosis}</p>
        <p>
          <a href={href(`sources/${rejected.source}`)}>{texts.sources.one}</a>. {t.judge_lead}
        </p>
      </section>
      <div class="columns">
        <Card title={t.body}>
          {rejected.unreadable && <p class="fault">{rejected.unreadable}</p>}
          {rejected.body_base64 ? (
            <Bytes bytes={fromBase64(rejected.body_base64)} label={t.body} />
          ) : (
            <Empty title={texts.deliveries.no_response} />
          )}
        </Card>
        <Card title={t.request}>
          <Facts
            rows={[
              [t.at, <Time at={rejected.at} />],
              [t.client, rejected.client],
              [rejected.method, <code class="break">{rejected.path}</code>],
              [texts.events.size, formatBytes(rejected.body_bytes)],
              [texts.common.id, <Id id={rejected.id} />],
              ...(rejected.headers ?? []).map(({ name, value }): [string, preact.JSX.Element] => [
                name,
                <code class="break">{value}</code>,
              ]),
            ]}
          />
        </Card>
      </div>
    </>
  );
}
