// One delivery: why, what to do, what was tried.
import { useState } from "preact/hooks";
import type { Attempt, Delivery } from "@v1";
import { get, post } from "../../api";
import {
  Card,
  CopyCode,
  Empty,
  Facts,
  PageFailure,
  Id,
  Loading,
  PageHead,
  State,
} from "../../components/bits";
import { PayloadView } from "../../components/json_view";
import { Time } from "../../components/time";
import { Timing } from "../../components/timing";
import { attempt } from "../../components/toast";
import { formatDuration } from "../../format";
import { eventTypeOf, subscriptionOf } from "../../names";
import { useQuery, type Page } from "../../query";
import { reasonOf } from "../../reasons";
import { go, href } from "../../router";
import { may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { EventPayload } from "./event_payload";

const t = texts.deliveries;
const POLL_MS = 1_000;
const ENDED = ["delivered", "dead", "cancelled"];

export function DeliveryPage({ id }: { id: string }) {
  const path = `v1/deliveries/${id}`;
  const asked = useQuery(
    path,
    async (abort) => {
      const [delivery, attempts] = await Promise.all([
        get<Delivery>(path, {}, abort),
        get<Page<Attempt>>(`${path}/attempts`, { limit: 250 }, abort),
      ]);
      return { delivery, attempts: attempts.data };
    },
    POLL_MS,
  );
  const act = async (what: string, done: string) => {
    await attempt(() => post(`${path}/${what}`), done);
    asked.reload();
  };
  const state = asked.data?.delivery.state;
  const canRetry =
    may("events:write") && state !== undefined && state !== "pending" && state !== "in_flight";
  const canCancel = may("events:write") && state !== undefined && !ENDED.includes(state);
  const retry = () => act("retry", t.retried);
  useKeys({ Escape: () => go("deliveries"), ...(canRetry ? { r: retry } : {}) });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const { delivery, attempts } = asked.data;
  return (
    <>
      <PageHead
        over={[t.title, "deliveries"]}
        title={
          <>
            {eventTypeOf(delivery.event) ?? t.one} <State of={delivery.state} />
          </>
        }
        side={
          <>
            {canCancel && <button onClick={() => act("cancel", t.cancelled)}>{t.cancel}</button>}
            {canRetry && (
              <button class="primary" onClick={retry}>
                {delivery.state === "scheduled" ? t.retry_now : t.retry}
              </button>
            )}
          </>
        }
      />
      <Why delivery={delivery} attempts={attempts} />
      <div class="columns">
        <Card title={t.timeline}>
          {attempts.length === 0 ? (
            <Empty title={t.no_attempts} />
          ) : (
            <Timeline attempts={attempts} />
          )}
        </Card>
        <div class="stack">
          <DeliveryFacts delivery={delivery} />
          <Card title={t.payload}>
            <EventPayload id={delivery.event} />
          </Card>
        </div>
      </div>
    </>
  );
}

function Why({ delivery, attempts }: { delivery: Delivery; attempts: Attempt[] }) {
  const last = latestFirst(attempts)[0];
  if (delivery.state === "delivered" || delivery.state === "pending") return null;
  const reason = last && last.outcome !== "success" ? reasonOf(last) : undefined;
  return (
    <section class={`why ${delivery.state}`} aria-label={t.why}>
      <h2>{reason?.title ?? texts.states[delivery.state]}</h2>
      {delivery.reason && <p>{delivery.reason}</p>}
      {reason?.advice && (
        <p>
          <strong>{t.what_now}:</strong> {reason.advice}{" "}
          <a href={href(`subscriptions/${delivery.subscription}`)}>{t.edit_subscription}</a>
        </p>
      )}
    </section>
  );
}

function DeliveryFacts({ delivery }: { delivery: Delivery }) {
  const subscription = subscriptionOf(delivery.subscription);
  return (
    <Card title={t.request}>
      <Facts
        rows={[
          [
            t.subscription,
            <a href={href(`subscriptions/${delivery.subscription}`)}>
              {subscription?.name ?? delivery.subscription}
            </a>,
          ],
          [
            "POST",
            subscription?.handler.url && <code class="break">{subscription.handler.url}</code>,
          ],
          [texts.subscriptions.dialect, subscription?.dialect],
          [t.event, <Id id={delivery.event} to="events" />],
          [t.lane, delivery.lane],
          [t.created, <Time at={delivery.created_at} />],
          [t.due, delivery.due_at && <Time at={delivery.due_at} far />],
          [t.ended, delivery.ended_at && <Time at={delivery.ended_at} />],
          [texts.common.id, <CopyCode text={delivery.id} />],
        ]}
      />
    </Card>
  );
}

export const latestFirst = (attempts: Attempt[]) =>
  [...attempts].sort((a, b) => b.number - a.number);

function Timeline({ attempts }: { attempts: Attempt[] }) {
  return (
    <ol class="timeline" aria-label={t.newest}>
      {latestFirst(attempts).map((each, index) => (
        <AttemptRow key={each.id} attempt={each} isOpen={index === 0} />
      ))}
    </ol>
  );
}

function AttemptRow({ attempt: tried, isOpen: atFirst }: { attempt: Attempt; isOpen: boolean }) {
  const [isOpen, setOpen] = useState(atFirst);
  const { title } = reasonOf(tried);
  return (
    <li class={tried.outcome === "success" ? "good" : "bad"}>
      <button class="timeline-head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class="number">{tried.number}</span>
        <span class="grow">
          {title}
          {tried.outcome === "success" && tried.status !== null && ` (${tried.status})`}
        </span>
        <span class="faint">
          <Time at={tried.started_at} /> · {t.took} {formatDuration(tried.duration_ms)}
        </span>
      </button>
      {isOpen && (
        <div class="timeline-body">
          {tried.error && <p>{tried.error}</p>}
          <Timing attempt={tried} />
          {tried.response === "" ? (
            tried.status !== null && <p class="faint">{t.no_response}</p>
          ) : (
            <PayloadView text={tried.response} label={t.response} />
          )}
        </div>
      )}
    </li>
  );
}
