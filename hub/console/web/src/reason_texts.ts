// Why attempts fail and what to do, in English: a part of texts.ts.
export interface Reason {
  title: string;
  advice: string;
}

export const reasons: {
  success: string;
  statuses: Record<number, Reason>;
  classes: Record<number, Reason>;
  outcomes: Record<string, Reason>;
} = {
  success: "Delivered",
  statuses: {
    400: {
      title: "The receiver does not understand the request",
      advice: "Look at its answer below. Often it wants another dialect or content type.",
    },
    401: {
      title: "The receiver does not accept the signature or credentials",
      advice:
        "Compare the secret on both sides; rotate it if unsure. Does the receiver verify the bytes as they came, and is its clock right?",
    },
    403: {
      title: "The receiver refuses the hub",
      advice:
        "Check the secret and the headers of the subscription, and firewalls before the receiver.",
    },
    404: {
      title: "There is nothing at this URL",
      advice: "Correct the URL of the subscription, then retry.",
    },
    405: {
      title: "The receiver takes no POST at this URL",
      advice: "Correct the URL: a missing slash at its end is a common cause.",
    },
    410: {
      title: "The receiver says that it is gone for good",
      advice: "The subscription was disabled. Enter the new URL and set it active again.",
    },
    413: {
      title: "The payload is too large for the receiver",
      advice: "Raise the limit on its side, or set payload_bytes so that such events are not sent.",
    },
    429: {
      title: "The receiver wants fewer requests",
      advice: "Set per_second or a smaller in_flight in the subscription's limits, then retry.",
    },
    502: {
      title: "The proxy before the receiver found no receiver",
      advice: "Is the receiver running? The hub tries again by itself.",
    },
    503: {
      title: "The receiver is not available",
      advice: "It is overloaded or being deployed. The hub tries again by itself.",
    },
    504: {
      title: "The receiver was too slow for the proxy before it",
      advice: "Let it answer first and work later.",
    },
  },
  classes: {
    1: {
      title: "The receiver's answer is no final one",
      advice: "It must answer with a 2xx status.",
    },
    3: {
      title: "The receiver redirects",
      advice: "Redirects are not followed. Enter the final URL in the subscription, then retry.",
    },
    4: { title: "The receiver refuses the request", advice: "Look at its answer below." },
    5: {
      title: "The receiver failed",
      advice: "Look at its answer below and in its log. After the fix, retry.",
    },
  },
  outcomes: {
    rejected: { title: "The receiver refuses the request", advice: "Look at its answer below." },
    throttled: {
      title: "The receiver wants fewer requests",
      advice: "Set per_second or a smaller in_flight in the subscription's limits.",
    },
    timed_out: {
      title: "No answer in time",
      advice: "Let the receiver answer first and work later, or raise the subscription's timeout.",
    },
    connect_failed: {
      title: "No connection",
      advice:
        "Is the receiver running, is the host name right, does a firewall let the hub through?",
    },
    tls_failed: {
      title: "The receiver's certificate is not accepted",
      advice: "Check its chain, host name and end date. A private CA is named by egress.ca_file.",
    },
    refused: {
      title: "The hub may not send there",
      advice:
        "The address is private or the request cannot be made. egress.allow in the settings opens networks.",
    },
    protocol_error: {
      title: "The answer is no proper HTTP",
      advice: "Is it an HTTP server at that port? Does http:// or https:// fit?",
    },
    failed: { title: "The attempt failed", advice: "The error below says more." },
  },
};
