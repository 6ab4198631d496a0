/** An instance in a process of its own, which says where its edges are. */
import { startKymulator } from '../../src/kymulator.ts';

const instance = await startKymulator();
console.log(JSON.stringify(instance.edges));
process.once('SIGTERM', () => void instance.close());
