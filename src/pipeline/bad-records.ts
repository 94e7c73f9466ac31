/** What a pipeline does with records that cannot be processed. */

/** `dead-letter`: kept with its bytes, place and reason. `skip`: counted only. `fail`: ends the run. */
export type BadRecordAction = 'dead-letter' | 'fail' | 'skip'

/** An action, or one with the count of bad records of a run above which the run ends all the same. */
export type OnBadRecord = BadRecordAction | { readonly action: BadRecordAction; readonly budget?: number }
