import { singleUseTests } from './single-use.ts';

singleUseTests('memory');
