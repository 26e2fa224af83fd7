// Many deliveries again: how many beforehand, how far afterwards.
import { useEffect, useState } from "preact/hooks";
import type { Delivery, ReplayJob, RetryFilter } from "@v1";
import { get, post, type Query } from "../../api";
import { Failure } from "../../components/bits";
import { Dialog } from "../../components/dialog";
import { JobProgress } from "../../components/job_progress";
import { attempt } from "../../components/toast";
import { formatCount } from "../../format";
import { toApiError, useQuery, type Page } from "../../query";
import type { ApiError } from "../../api";
import { isLimited } from "../../session";
import { texts } from "../../texts";

const t = texts.bulk;
const COUNT_MAX = 5_000;
const MOVABLE = ["dead", "cancelled", "delivered", "scheduled"] as const;

/** The states of the list's filter that a retry takes; without one what is dead. Pure. */
export function statesToRetry(state: string | undefined): NonNullable<RetryFilter["states"]> {
  if (!state) return ["dead"];
  return MOVABLE.filter((each) => state.split(",").includes(each));
}

async function count(query: Query, abort: AbortSignal): Promise<number> {
  let total = 0;
  let cursor: string | undefined | null;
  while (cursor !== null && total < COUNT_MAX) {
    const page: Page<Delivery> = await get(
      "v1/deliveries",
      { ...query, limit: 250, cursor },
      abort,
    );
    total += page.data.length;
    cursor = page.cursor;
  }
  return total;
}

export function BulkRetry({ filter, onClose }: { filter: Query; onClose: () => void }) {
  // What matches is fixed when the dialog opens, so that what is counted is what is sent again.
  const [until] = useState(() => new Date().toISOString());
  const [job, setJob] = useState<ReplayJob>();
  const states = statesToRetry(filter["state"] as string | undefined);
  const query = { ...filter, until, state: states.join(",") };
  const counted = useQuery(JSON.stringify(query), (abort) =>
    states.length === 0 ? Promise.resolve(0) : count(query, abort),
  );
  const start = () => {
    const { subscription, status, since } = filter;
    const body = {
      states,
      until,
      subscription,
      since,
      status: status ? Number(status) : undefined,
    };
    return attempt(async () => setJob(await post<ReplayJob>("v1/deliveries/retry", body)));
  };
  const total = counted.data ?? 0;
  return (
    <Dialog
      title={t.title}
      onClose={onClose}
      foot={
        job ? (
          <button onClick={onClose}>{hasEnded(job) ? texts.common.close : t.hide}</button>
        ) : (
          <>
            <button onClick={onClose}>{texts.common.cancel}</button>
            <button class="primary" disabled={total === 0} onClick={start}>
              {t.start}
            </button>
          </>
        )
      }
    >
      {job ? (
        <FollowJob job={job} onChange={setJob} />
      ) : counted.error ? (
        <Failure error={counted.error} />
      ) : (
        <p aria-live="polite">
          {counted.isLoading && t.counting}
          {counted.data === 0 && t.nothing}
          {total > 0 && (
            <>
              <strong>
                {total >= COUNT_MAX && `${t.at_least} `}
                {formatCount(total)} {t.deliveries}
              </strong>{" "}
              {t.will}: {states.map((each) => texts.states[each]).join(", ")}
            </>
          )}
        </p>
      )}
    </Dialog>
  );
}

const POLL_MS = 500;

export const hasEnded = ({ status }: ReplayJob) => status === "completed" || status === "cancelled";

/** A job until it has ended. */
export function FollowJob({
  job,
  onChange,
}: {
  job: ReplayJob;
  onChange: (job: ReplayJob) => void;
}) {
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    if (hasEnded(job) || isLimited()) return undefined;
    const timer = setTimeout(() => {
      get<ReplayJob>(`v1/replay-jobs/${job.id}`).then(onChange, (fault) =>
        setError(toApiError(fault)),
      );
    }, POLL_MS);
    return () => clearTimeout(timer);
  }, [job]);
  if (isLimited()) return <p role="status">{t.begun}</p>;
  return error ? <Failure error={error} /> : <JobProgress job={job} onChange={onChange} />;
}
