// One worker polls and is killed; another one takes its lease over and goes on
// through a split. The leases and checkpoints lie in DynamoDB.
import { fork } from "node:child_process";

const STREAM = "lifion-polling";
const mine = worker(STREAM);

// first is the life of the worker that dies: it runs in a process of its own.
async function first() {
  await hear("start", async () => {
    await mine.kinesis.startConsumer();
    return "stream and lease table made";
  });
  await hear("records in order", async () => {
    await put(mine, 0, 10);
    await readInOrder(mine, 0, 10, 20);
    return `${KEYS} keys, 10 records each, once and in order`;
  });
  process.send("read");
}

// second begins when the first is dead.
async function second() {
  const other = fork(process.argv[1], ["first"]);
  await new Promise((done) => other.once("message", done).once("exit", done));
  other.kill("SIGKILL");
  await hear("another worker takes over and goes on through a split", async () => {
    await put(mine, 10, 20);
    await split(STREAM);
    await put(mine, 20, 30);
    await mine.kinesis.startConsumer();
    await readInOrder(mine, 10, 30, 100); // a worker counts as dead after 40 s
    return `${KEYS} keys, the 20 records put meanwhile, once and in order, none from before the checkpoint`;
  });
  process.exit(0); // its timers would hold the process
}

await (process.argv[2] === "first" ? first() : second());
