// Work in the background: retries and replays of many deliveries.
import type { ReplayJob } from "@v1";
import { get } from "../../api";
import { Empty, PageFailure, Id, Loading, PageHead } from "../../components/bits";
import { JobProgress } from "../../components/job_progress";
import { Time } from "../../components/time";
import { subscriptionOf } from "../../names";
import { useQuery, type Page } from "../../query";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

const t = texts.jobs;
const POLL_MS = 1_000;

export function Jobs() {
  const asked = useQuery(
    "jobs",
    (abort) => get<Page<ReplayJob>>("v1/replay-jobs", { limit: 100 }, abort),
    POLL_MS,
  );
  useKeys({ r: asked.reload });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const jobs = asked.data.data;
  return (
    <>
      <PageHead title={t.title} />
      {jobs.length === 0 && <Empty title={t.empty} hint={t.empty_hint} />}
      <ul class="plain cards">
        {jobs.map((job) => (
          <li key={job.id} class="card">
            <p>
              <strong>{job.states.map((each) => texts.states[each] ?? each).join(", ")}</strong>{" "}
              {job.subscription
                ? (subscriptionOf(job.subscription)?.name ?? (
                    <Id id={job.subscription} to="subscriptions" />
                  ))
                : t.all}
              {job.answer !== undefined && ` · ${texts.deliveries.answer} ${job.answer}`}
              {job.since && (
                <>
                  {" "}
                  · {texts.subscriptions.since} <Time at={job.since} />
                </>
              )}
            </p>
            <JobProgress job={job} onChange={asked.reload} />
            <p class="faint">
              <Time at={job.created_at} /> · <Id id={job.id} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
