import { storeConformance } from './conformance.ts';
import { openMemory, openSqlite } from './open.ts';

storeConformance('the memory store', openMemory);
storeConformance('the SQLite store', (options) => openSqlite(options));
