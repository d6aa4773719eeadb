// What can be done with an invocation that has ended: buttons on its page.

/** Return buttons for an invocation; `one` is what GET /invocations/ID answers. */
export function replayActions(one) {
  return [];
}
