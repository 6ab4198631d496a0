#!/usr/bin/env node
import process from 'node:process';
import { processContext } from '../config/process.ts';
import { runCli } from './run.ts';

// Not process.exit(): what is still being written to a pipe has to arrive.
process.exitCode = await runCli(processContext());
