// What the JavaScript judges have in common: operations, and how they are told.
import assert from "node:assert/strict";

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// hear asks one operation. Disagreeing does not stop the rest.
export async function hear(operation, ask) {
  let finding;
  try {
    finding = { operation, agrees: true, detail: String(await ask()) };
  } catch (e) {
    finding = { operation, agrees: false, detail: `${e.name}: ${e.message}` };
  }
  process.stdout.write(JSON.stringify(finding) + "\n");
}

export const same = (got, want, what) => assert.deepEqual(got, want, `${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);

export async function wait(condition, what, seconds = 10) {
  const until = Date.now() + 1000 * seconds;
  while (!(await condition())) {
    assert(Date.now() < until, `not within ${seconds} s: ${what}`);
    await sleep(50);
  }
}
