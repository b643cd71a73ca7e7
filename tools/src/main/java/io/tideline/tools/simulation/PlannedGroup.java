package io.tideline.tools.simulation;

import io.tideline.api.v1.MessageState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of one group. Entries are counted from 0; the entry of index i has the seq {@code base + 1 + i}, where
 * base is the last seq of the group's creation. Complete before the run, then only read, by any thread.
 */
final class PlannedGroup {
    /** Who creates the group, adds members, recalls and writes notices. */
    static final String OWNER = "simulation.owner";

    private final String channel;
    private final List<PlannedStep> entries = new ArrayList<>();
    private final Map<String, List<Period>> periods = new HashMap<>();
    private final Map<String, List<Notice>> notices = new HashMap<>();
    private final Map<String, Integer> lastSaid = new HashMap<>();
    private final Map<Integer, PlannedStep> changes = new HashMap<>();
    private final Map<Integer, Map<String, Set<String>>> reactions = new HashMap<>();
    private final IdentityHashMap<PlannedStep, Integer> changeIndexes = new IdentityHashMap<>();

    private volatile String conversationId = "";
    private volatile long base;

    /**
     * A time as a member.
     *
     * @param joined index of the entry
     * @param left index of the entry, -1 for a member to the end
     */
    record Period(int joined, int left) {}

    /**
     * A personal notice.
     *
     * @param follows index of the message's entry
     */
    record Notice(int follows, String clientMessageId, String text) {}

    PlannedGroup(String channel) {
        this.channel = channel;
    }

    String channel() {
        return channel;
    }

    /** Adds a step. @return the index of its (last) entry */
    int add(PlannedStep step) {
        int index = entries.size();
        entries.add(step);
        if (step instanceof PlannedStep.Join join) {
            for (String user : join.users()) {
                periods.computeIfAbsent(user, unused -> new ArrayList<>()).add(new Period(index, -1));
            }
        } else if (step instanceof PlannedStep.Leave leave) {
            List<Period> own = periods.getOrDefault(leave.user(), new ArrayList<>());
            own.set(own.size() - 1, new Period(own.get(own.size() - 1).joined(), index));
        } else if (step instanceof PlannedStep.Say say) {
            lastSaid.put(say.user(), index);
            if (!say.to().isEmpty()) {
                notices.computeIfAbsent(say.to(), unused -> new ArrayList<>())
                        .add(new Notice(index, say.clientMessageId() + ":to", "To you: " + say.text()));
            }
        } else if (step instanceof PlannedStep.Recall recall) {
            changes.put(recall.target(), recall);
            changeIndexes.put(recall, index);
        } else if (step instanceof PlannedStep.Edit edit) {
            changes.put(edit.target(), edit);
            changeIndexes.put(edit, index);
        } else if (step instanceof PlannedStep.React react) {
            add(react);
        } else {
            entries.add(step);
            return index + 1;
        }
        return index;
    }

    private void add(PlannedStep.React react) {
        Map<String, Set<String>> own = reactions.computeIfAbsent(react.target(), unused -> new HashMap<>());
        Set<String> users = own.computeIfAbsent(react.reaction(), unused -> new HashSet<>());
        boolean changed = react.remove() ? users.remove(react.user()) : users.add(react.user());
        if (!changed) {
            throw new IllegalStateException("a planned reaction changes nothing");
        }
        if (users.isEmpty()) {
            own.remove(react.reaction());
        }
    }

    /** Who has reacted to a message in the end, by reaction. */
    Map<String, Set<String>> reactions(int target) {
        return reactions.getOrDefault(target, Map.of());
    }

    void created(String id, long lastSeq) {
        conversationId = id;
        base = lastSeq;
    }

    String conversationId() {
        return conversationId;
    }

    int size() {
        return entries.size();
    }

    PlannedStep entry(int index) {
        return entries.get(index);
    }

    long seq(int index) {
        return base + 1 + index;
    }

    /** The index of a seq; negative for what belongs to the creation. */
    int index(long seq) {
        return (int) (seq - base - 1);
    }

    Set<String> users() {
        return new HashSet<>(periods.keySet());
    }

    /** Never empty for those of {@link #users}. */
    List<Period> periods(String user) {
        return periods.getOrDefault(user, List.of());
    }

    boolean isMemberAtEnd(String user) {
        List<Period> own = periods(user);
        return !own.isEmpty() && own.get(own.size() - 1).left() < 0;
    }

    /** The index of the entry by which a user last joined. */
    int lastJoined(String user) {
        List<Period> own = periods(user);
        return own.get(own.size() - 1).joined();
    }

    /** The notices of a user, in order; the one of index i has the personal seq i + 1. */
    List<Notice> notices(String user) {
        return notices.getOrDefault(user, List.of());
    }

    /** The notice that a message is followed by. */
    Notice notice(PlannedStep.Say say, int index) {
        return notices(say.to()).stream()
                .filter(notice -> notice.follows() == index)
                .findFirst()
                .orElseThrow();
    }

    /** The last change of a message. */
    @Nullable PlannedStep change(int target) {
        return changes.get(target);
    }

    /** The index of a change's own entry. */
    int indexOf(PlannedStep change) {
        return changeIndexes.getOrDefault(change, -1);
    }

    /** What a message is in the end. */
    MessageState finalState(int index) {
        PlannedStep change = changes.get(index);
        return change == null
                ? MessageState.SENT
                : change instanceof PlannedStep.Recall ? MessageState.RECALLED : MessageState.EDITED;
    }

    /** What a message says in a state; null when it cannot be in it. */
    @Nullable String text(int index, MessageState state) {
        PlannedStep.Say say = (PlannedStep.Say) entries.get(index);
        return switch (state) {
            case SENT -> say.text();
            case EDITED -> changes.get(index) instanceof PlannedStep.Edit edit ? edit.text() : null;
            case RECALLED -> finalState(index) == MessageState.RECALLED ? "" : null;
            default -> null;
        };
    }

    /**
     * How many messages a user has not read, counted one by one.
     *
     * @param mark the index up to which he has marked as read, -1 for none; own messages mark by themselves
     * @param personalMark the personal seq up to which he has
     */
    long unread(String user, int mark, long personalMark) {
        if (!isMemberAtEnd(user)) {
            return 0;
        }
        int from = Math.max(mark, Math.max(lastSaid.getOrDefault(user, -1), lastJoined(user)));
        long count = Math.max(0, notices(user).size() - personalMark);
        for (int i = from + 1; i < entries.size(); i++) {
            if (entries.get(i) instanceof PlannedStep.Say && finalState(i) != MessageState.RECALLED) {
                count++;
            }
        }
        return count;
    }
}
