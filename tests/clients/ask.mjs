// A question is JSON on the standard input; its answer is JSON on the standard output.
import { json } from 'node:stream/consumers';

export async function answer(reply) {
  process.stdout.write(JSON.stringify(await reply(await json(process.stdin))));
}
