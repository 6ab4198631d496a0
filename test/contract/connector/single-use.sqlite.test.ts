import { singleUseTests } from './single-use.ts';

singleUseTests('sqlite');
