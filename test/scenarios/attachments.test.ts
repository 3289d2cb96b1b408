import { testGroup } from '../support/corpus.ts';

testGroup('attachments');
