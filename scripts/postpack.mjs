#!/usr/bin/env node
// After `npm pack`: the files that prepack has changed are again what they were.
import { undress } from './pack/dress.mjs';

undress();
