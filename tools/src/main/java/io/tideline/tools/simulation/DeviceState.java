package io.tideline.tools.simulation;

import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a device has stored: for each group how far it has come, and of each entry one byte. Takes pages in and says what
 * is wrong with them. For one thread at a time.
 */
final class DeviceState {
    private static final byte ABSENT = 0;
    private static final byte EVENT = 1;
    private static final byte SENT = 2;
    private static final byte EDITED = 3;
    private static final byte RECALLED = 4;

    private final String name;
    private final Map<String, PlannedGroup> groups;
    private final Findings findings;
    private final Map<String, Kept> kept = new HashMap<>();
    private final List<OnDemand> onDemand = new ArrayList<>();
    private String token = "";

    /** What is stored of one group. */
    private static final class Kept {
        private byte[] entries = new byte[0];
        private long through;
        private long personalThrough;
        private int received;

        Kept copy() {
            Kept copy = new Kept();
            copy.entries = entries.clone();
            copy.through = through;
            copy.personalThrough = personalThrough;
            copy.received = received;
            return copy;
        }

        byte at(int index) {
            return index < entries.length ? entries[index] : ABSENT;
        }

        void set(int index, byte what, int size) {
            if (index >= entries.length) {
                entries = Arrays.copyOf(entries, Math.min(size, Math.max(index + 1, entries.length * 2)));
            }
            entries[index] = what;
        }
    }

    /** Older messages that a first page has left out. */
    record OnDemand(PlannedGroup group, long fromSeq, long toSeq) {}

    /** @param name for findings */
    DeviceState(String name, Map<String, PlannedGroup> groups, Findings findings) {
        this.name = name;
        this.groups = groups;
        this.findings = findings;
    }

    /** The same as of now, which what comes later does not change. */
    DeviceState copy(String copyName) {
        DeviceState copy = new DeviceState(copyName, groups, findings);
        kept.forEach((id, of) -> copy.kept.put(id, of.copy()));
        copy.onDemand.addAll(onDemand);
        copy.token = token;
        return copy;
    }

    /** Of the last stored page; empty before the first one. */
    String token() {
        return token;
    }

    void forgetToken() {
        token = "";
    }

    List<Checkpoint> checkpoints() {
        List<Checkpoint> checkpoints = new ArrayList<>();
        kept.forEach((id, of) -> checkpoints.add(Checkpoint.newBuilder()
                .setConversationId(id)
                .setSeq(of.through)
                .setPersonalSeq(of.personalThrough)
                .build()));
        return checkpoints;
    }

    long through(PlannedGroup group) {
        Kept of = kept.get(group.conversationId());
        return of == null ? 0 : of.through;
    }

    long personalThrough(PlannedGroup group) {
        Kept of = kept.get(group.conversationId());
        return of == null ? 0 : of.personalThrough;
    }

    /** What is to be fetched by hand; each only once. */
    List<OnDemand> takeOnDemand() {
        List<OnDemand> taken = List.copyOf(onDemand);
        onDemand.clear();
        return taken;
    }

    /** Stores a page with its token. */
    void store(SyncResponse page, String user) {
        Map<String, List<Message>> byConversation = new HashMap<>();
        for (Message message : page.getMessagesList()) {
            byConversation
                    .computeIfAbsent(message.getConversationId(), unused -> new ArrayList<>())
                    .add(message);
        }
        for (SyncRange range : page.getRangesList()) {
            List<Message> messages = byConversation.remove(range.getConversationId());
            PlannedGroup group = groups.get(range.getConversationId());
            if (group == null) {
                wrong("a range of a conversation that is not the user's", range.getFromSeq());
            } else {
                store(group, range, messages == null ? List.of() : messages, user);
            }
        }
        if (!byConversation.isEmpty()) {
            wrong("messages without a range", 0);
        }
        if (page.hasTruncated()) {
            wrong("truncated within minutes", page.getTruncated().getOldestAvailableSeq());
        }
        token = page.getNext();
    }

    private void store(PlannedGroup group, SyncRange range, List<Message> messages, String user) {
        boolean isNew = !kept.containsKey(range.getConversationId());
        Kept of = kept.computeIfAbsent(range.getConversationId(), unused -> new Kept());
        if (!isNew && range.getFromSeq() != of.through + 1) {
            wrong("a range begins at " + range.getFromSeq() + ", not behind the last stored", of.through);
        }
        long covered = range.getFromSeq() - 1;
        int gap = 0;
        for (Message message : messages) {
            if (message.getPersonalSeq() > 0) {
                storePersonal(group, of, message, user);
                continue;
            }
            covered = skip(group, range, covered, message.getSeq(), gap);
            while (gap < range.getGapsCount() && range.getGaps(gap).getToSeq() < message.getSeq()) {
                gap++;
            }
            if (message.getSeq() != covered + 1) {
                wrong("behind " + covered + " comes", message.getSeq());
            }
            covered = Math.max(covered, message.getSeq());
            take(group, of, message, true);
        }
        covered = skip(group, range, covered, range.getToSeq() + 1, gap);
        if (covered != range.getToSeq()) {
            wrong("a range to " + range.getToSeq() + " is complete only to", covered);
        }
        of.through = Math.max(of.through, range.getToSeq());
        if (range.getPersonalToSeq() > 0 && range.getPersonalToSeq() != of.personalThrough) {
            wrong("personal messages to " + range.getPersonalToSeq() + " are complete only to", of.personalThrough);
        }
    }

    /** Goes over the gaps that begin before a seq. */
    private long skip(PlannedGroup group, SyncRange range, long covered, long before, int firstGap) {
        long now = covered;
        for (int i = firstGap; i < range.getGapsCount() && range.getGaps(i).getFromSeq() < before; i++) {
            MessageGap gap = range.getGaps(i);
            if (gap.getToSeq() <= now) {
                continue;
            }
            if (gap.getFromSeq() > now + 1) {
                return now;
            }
            now = gap.getToSeq();
            if (gap.getType() == MessageGap.Type.MESSAGE_GAP_ON_DEMAND) {
                onDemand.add(new OnDemand(group, gap.getFromSeq(), gap.getToSeq()));
            } else if (gap.getType() != MessageGap.Type.MESSAGE_GAP_NOT_VISIBLE) {
                wrong("a gap of another type at", gap.getFromSeq());
            }
        }
        return now;
    }

    /** Takes in what was fetched by hand. */
    void store(PlannedGroup group, List<Message> messages) {
        Kept of = kept.computeIfAbsent(group.conversationId(), unused -> new Kept());
        for (Message message : messages) {
            if (message.getPersonalSeq() == 0) {
                take(group, of, message, false);
            }
        }
    }

    /** @param once whether the entry must not have been here before */
    private void take(PlannedGroup group, Kept of, Message message, boolean once) {
        int index = group.index(message.getSeq());
        if (index < 0) {
            return;
        }
        if (index >= group.size()) {
            wrong("more entries than steps", message.getSeq());
            return;
        }
        if (once && of.at(index) != ABSENT) {
            wrong("twice", message.getSeq());
        }
        if (of.at(index) == ABSENT) {
            of.received++;
        }
        of.set(index, checked(group, index, message), group.size());
        if (message.getEvent().hasMessageChanged()) {
            change(group, of, message);
        }
    }

    /** What an entry is, after a look whether it is what was planned. */
    private byte checked(PlannedGroup group, int index, Message message) {
        PlannedStep step = group.entry(index);
        if (!(step instanceof PlannedStep.Say say)) {
            if (!message.hasEvent()) {
                wrong("a message where an event was", message.getSeq());
            }
            return EVENT;
        }
        MessageState state = message.getState();
        String text = group.text(index, state);
        if (message.hasEvent() || !message.getSender().equals(say.user())) {
            wrong("another message", message.getSeq());
        } else if (text == null || !message.getPayload().toStringUtf8().equals(text)) {
            wrong("another content in state " + state, message.getSeq());
        }
        return state == MessageState.EDITED ? EDITED : state == MessageState.RECALLED ? RECALLED : SENT;
    }

    private static void change(PlannedGroup group, Kept of, Message message) {
        var change = message.getEvent().getMessageChanged();
        int target = group.index(change.getSeq());
        if (target >= 0 && target < group.size() && of.at(target) != ABSENT) {
            MessageState state = change.getState();
            of.set(
                    target,
                    state == MessageState.EDITED ? EDITED : state == MessageState.RECALLED ? RECALLED : of.at(target),
                    group.size());
        }
    }

    private void storePersonal(PlannedGroup group, Kept of, Message message, String user) {
        List<PlannedGroup.Notice> notices = group.notices(user);
        long seq = message.getPersonalSeq();
        if (seq != of.personalThrough + 1) {
            wrong("behind personal " + of.personalThrough + " comes", seq);
        }
        if (seq > notices.size()) {
            wrong("a personal message too many", seq);
            return;
        }
        PlannedGroup.Notice notice = notices.get((int) seq - 1);
        if (message.getSeq() != group.seq(notice.follows())
                || !message.getPayload().toStringUtf8().equals(notice.text())) {
            wrong("another personal message", seq);
        }
        of.personalThrough = Math.max(of.personalThrough, seq);
    }

    /** Compares with what the user was entitled to. @return how many messages are here */
    long verify(PlannedGroup group, String user, boolean historyVisible) {
        Kept of = kept.getOrDefault(group.conversationId(), new Kept());
        List<PlannedGroup.Period> periods = group.periods(user);
        PlannedGroup.Period last = periods.get(periods.size() - 1);
        int end = last.left() < 0 ? group.size() - 1 : last.left();
        int begin = historyVisible ? 0 : last.joined();
        long messages = 0;
        for (int index = 0; index < group.size(); index++) {
            boolean must = index >= begin && index <= end;
            byte here = of.at(index);
            if (must && here == ABSENT) {
                wrong("missing", group.seq(index));
            } else if (here != ABSENT && !must && !mayHave(periods, index, historyVisible)) {
                wrong("not for this user", group.seq(index));
            }
            if (here != ABSENT && group.entry(index) instanceof PlannedStep.Say) {
                messages++;
                if (must) {
                    verifyState(group, index, here, end);
                }
            }
        }
        if (of.personalThrough != group.notices(user).size()) {
            wrong("personal messages of " + group.notices(user).size(), of.personalThrough);
        }
        return messages + of.personalThrough;
    }

    /** Of an earlier membership: it was his when it came. */
    private static boolean mayHave(List<PlannedGroup.Period> periods, int index, boolean historyVisible) {
        return periods.stream()
                .anyMatch(period ->
                        (historyVisible || index >= period.joined()) && (period.left() < 0 || index <= period.left()));
    }

    /** A message is as the last change of it says that its user may see. */
    private void verifyState(PlannedGroup group, int index, byte here, int end) {
        PlannedStep change = group.change(index);
        if (change != null && group.indexOf(change) > end) {
            return;
        }
        MessageState state = group.finalState(index);
        byte expected = state == MessageState.EDITED ? EDITED : state == MessageState.RECALLED ? RECALLED : SENT;
        if (here != expected) {
            wrong("not as it is now (" + state + ")", group.seq(index));
        }
    }

    private void wrong(String what, long seq) {
        findings.violation(name + ": " + what + ": " + seq);
    }
}
