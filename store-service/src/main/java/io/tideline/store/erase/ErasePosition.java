package io.tideline.store.erase;

import java.util.HashMap;
import java.util.Map;

/**
 * Where an erasure stands: its checkpoint.
 *
 * @param pass from 1; from 2 on nothing should be found any more
 * @param found in this pass so far
 * @param seqs looked at in this pass so far
 * @param timelines looked at in this pass so far
 * @param conversation the one being worked on; empty before the first
 * @param after the last member, or timeline, that is done with in the phase; empty before the first
 * @param seq of the entries, the next to look at, 0 for the first; of a gate, where fan-out has to come to
 * @param until of the stages that wait, milliseconds since the epoch
 * @param filed whether something was found in this pass that may be in files, so that these have to be written anew
 */
record ErasePosition(
        Stage stage,
        int pass,
        long found,
        long seqs,
        long timelines,
        String conversation,
        Phase phase,
        String after,
        long seq,
        long until,
        boolean filed) {
    enum Stage {
        TALK,
        INBOXES,
        PERSONAL_FAMILY,
        INBOX_FAMILY,
        SETTLE,
        REWRITE,
        PURGE
    }

    enum Phase {
        NEXT,
        SEAL,
        GATE,
        ENTRIES,
        RECORDS,
        MEMBERS
    }

    static final ErasePosition BEGIN = new ErasePosition(Stage.TALK, 1, 0, 0, 0, "", Phase.NEXT, "", 0, 0, false);

    ErasePosition at(Stage next) {
        return new ErasePosition(next, pass, found, seqs, timelines, "", Phase.NEXT, "", 0, 0, filed);
    }

    ErasePosition until(Stage next, long millis) {
        return new ErasePosition(next, pass, found, seqs, timelines, "", Phase.NEXT, "", 0, millis, filed);
    }

    ErasePosition nextPass() {
        return new ErasePosition(Stage.TALK, pass + 1, 0, 0, 0, "", Phase.NEXT, "", 0, 0, false);
    }

    ErasePosition in(String nextConversation, Phase next) {
        return new ErasePosition(stage, pass, found, seqs, timelines, nextConversation, next, "", 0, 0, filed);
    }

    ErasePosition in(Phase next) {
        return in(conversation, next);
    }

    ErasePosition withSeq(long next) {
        return new ErasePosition(stage, pass, found, seqs, timelines, conversation, phase, after, next, until, filed);
    }

    ErasePosition withAfter(String last) {
        return new ErasePosition(stage, pass, found, seqs, timelines, conversation, phase, last, seq, until, filed);
    }

    ErasePosition counting(EraseTally tally) {
        return new ErasePosition(
                stage,
                pass,
                found + tally.found(),
                seqs + tally.seqs(),
                timelines + tally.timelines(),
                conversation,
                phase,
                after,
                seq,
                until,
                filed || tally.filed());
    }

    Map<String, String> checkpoint() {
        Map<String, String> fields = new HashMap<>();
        fields.put("stage", stage.name());
        fields.put("pass", Integer.toString(pass));
        fields.put("found", Long.toString(found));
        fields.put("seqs", Long.toString(seqs));
        fields.put("timelines", Long.toString(timelines));
        fields.put("conversation", conversation);
        fields.put("phase", phase.name());
        fields.put("after", after);
        fields.put("seq", Long.toString(seq));
        fields.put("until", Long.toString(until));
        fields.put("filed", Boolean.toString(filed));
        return fields;
    }

    static ErasePosition of(Map<String, String> checkpoint) {
        return new ErasePosition(
                Stage.valueOf(text(checkpoint, "stage")),
                (int) number(checkpoint, "pass"),
                number(checkpoint, "found"),
                number(checkpoint, "seqs"),
                number(checkpoint, "timelines"),
                text(checkpoint, "conversation"),
                Phase.valueOf(text(checkpoint, "phase")),
                text(checkpoint, "after"),
                number(checkpoint, "seq"),
                number(checkpoint, "until"),
                Boolean.parseBoolean(text(checkpoint, "filed")));
    }

    private static String text(Map<String, String> checkpoint, String name) {
        return checkpoint.getOrDefault(name, "");
    }

    private static long number(Map<String, String> checkpoint, String name) {
        return Long.parseLong(checkpoint.getOrDefault(name, "0"));
    }
}
