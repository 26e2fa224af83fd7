// The two stories of the platforms, followed by the latest event of each step.
import type { Event } from "@v1";
import { get } from "../../api";
import { Card, Failure, Loading } from "../../components/bits";
import { Time } from "../../components/time";
import { useQuery, type Page } from "../../query";
import { href } from "../../router";
import { may } from "../../session";
import { texts } from "../../texts";

const t = texts.bridge;
const POLL_MS = 2_000;

export function Stories() {
  if (!may("events:read")) return null;
  return (
    <section aria-label={t.stories} class="columns even">
      <Story title={t.story_event} steps={t.steps.event} />
      <Story title={t.story_sale} steps={t.steps.sale} />
    </section>
  );
}

async function latest(type: string, abort: AbortSignal): Promise<Event | undefined> {
  return (await get<Page<Event>>("v1/events", { type, limit: 1 }, abort)).data[0];
}

function Story({ title, steps }: { title: string; steps: [type: string, what: string][] }) {
  const asked = useQuery(
    `story ${title}`,
    (abort) => Promise.all(steps.map(([type]) => latest(type, abort))),
    POLL_MS,
  );
  if (asked.error && !asked.data) return <Failure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  return (
    <Card title={title}>
      <ol class="steps">
        {steps.map(([type, what], index) => {
          const event = asked.data?.[index];
          return (
            <li key={type}>
              <p>{what}</p>
              <p class="help">
                <a href={event ? href(`events/${event.id}`) : href("events", { type })}>{type}</a>{" "}
                {event ? <Time at={event.received_at} far /> : t.never}
              </p>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
