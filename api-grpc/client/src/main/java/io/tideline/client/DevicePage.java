package io.tideline.client;

import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.SyncStop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page as the device takes it: by conversation, in order, with what is missing found. Pure logic.
 *
 * @param beyondHead conversations that the server has less of than the device's checkpoint says
 */
record DevicePage(List<Part> parts, List<String> beyondHead) {
    private static final Comparator<Message> ORDER =
            Comparator.comparingLong(Message::getSeq).thenComparingLong(Message::getPersonalSeq);

    /**
     * A range of one conversation.
     *
     * @param messages by seq, personal ones after the seq that they follow
     * @param gaps seqs that are not to be seen
     * @param limited older messages were left out and are there on demand
     */
    record Part(
            String conversationId,
            long fromSeq,
            long toSeq,
            List<Message> messages,
            List<MessageGap> gaps,
            long personalToSeq,
            boolean limited) {
        Part {
            messages = List.copyOf(messages);
            gaps = List.copyOf(gaps);
        }

        /** Whether each seq of the range after {@code seq} is a message or in a gap. */
        boolean isWholeAfter(long seq) {
            TreeSet<Long> seqs = new TreeSet<>();
            for (Message message : messages) {
                if (message.getPersonalSeq() == 0) {
                    seqs.add(message.getSeq());
                }
            }
            long next = Math.max(fromSeq, seq + 1);
            while (next <= toSeq) {
                if (seqs.contains(next)) {
                    next++;
                } else {
                    long skipped = afterGap(next);
                    if (skipped == next) {
                        return false;
                    }
                    next = skipped;
                }
            }
            return true;
        }

        /** How many seqs of the range after {@code seq} the user may see, or might have seen before they were gone. */
        long visibleAfter(long seq) {
            long first = Math.max(fromSeq, seq + 1);
            long visible = Math.max(0, toSeq - first + 1);
            for (MessageGap gap : gaps) {
                if (gap.getType() == MessageGap.Type.MESSAGE_GAP_NOT_VISIBLE) {
                    long hidden = Math.min(gap.getToSeq(), toSeq) - Math.max(gap.getFromSeq(), first) + 1;
                    visible -= Math.max(0, hidden);
                }
            }
            return visible;
        }

        private long afterGap(long seq) {
            for (MessageGap gap : gaps) {
                if (gap.getFromSeq() <= seq && seq <= gap.getToSeq()) {
                    return gap.getToSeq() + 1;
                }
            }
            return seq;
        }
    }

    /** Seqs to be fetched before the page can be taken, ends included. */
    record Hole(String conversationId, long fromSeq, long toSeq) {}

    static DevicePage of(SyncResponse page) {
        Map<String, List<Message>> messages = new LinkedHashMap<>();
        for (Message message : page.getMessagesList()) {
            messages.computeIfAbsent(message.getConversationId(), id -> new ArrayList<>())
                    .add(message);
        }
        List<Part> parts = new ArrayList<>();
        List<String> beyondHead = new ArrayList<>();
        for (SyncRange range : page.getRangesList()) {
            if (range.getStop() == SyncStop.SYNC_BEYOND_HEAD) {
                beyondHead.add(range.getConversationId());
                continue;
            }
            List<Message> own = messages.getOrDefault(range.getConversationId(), List.of());
            parts.add(part(range, own.stream().sorted(ORDER).toList()));
        }
        for (SyncRange range : page.getRangesList()) {
            messages.remove(range.getConversationId());
        }
        messages.forEach((id, own) -> withoutRange(id, own, parts));
        parts.sort(Comparator.comparing(Part::conversationId).thenComparingLong(Part::fromSeq));
        return new DevicePage(List.copyOf(parts), List.copyOf(beyondHead));
    }

    private static Part part(SyncRange range, List<Message> messages) {
        List<Message> within = messages.stream()
                .filter(message -> message.getPersonalSeq() > 0
                        || (message.getSeq() >= range.getFromSeq() && message.getSeq() <= range.getToSeq()))
                .toList();
        return new Part(
                range.getConversationId(),
                range.getFromSeq(),
                range.getToSeq(),
                within,
                range.getGapsList(),
                range.getPersonalToSeq(),
                range.getLimited());
    }

    /** Messages that nothing is said about stand each for itself. */
    private static void withoutRange(String id, List<Message> messages, List<Part> parts) {
        for (Message message : messages.stream().sorted(ORDER).toList()) {
            boolean personal = message.getPersonalSeq() > 0;
            parts.add(new Part(
                    id,
                    personal ? 0 : message.getSeq(),
                    personal ? 0 : message.getSeq(),
                    List.of(message),
                    List.of(),
                    message.getPersonalSeq(),
                    false));
        }
    }

    /** What a page of history fills of a hole, or null when it says nothing of the hole's next seq. */
    static @Nullable Part filling(Hole hole, ListMessagesResponse page) {
        List<Message> messages = page.getMessagesList().stream().sorted(ORDER).toList();
        long last = 0;
        for (Message message : messages) {
            last = Math.max(last, message.getPersonalSeq() > 0 ? 0 : message.getSeq());
        }
        for (MessageGap gap : page.getGapsList()) {
            last = Math.max(last, gap.getToSeq());
        }
        // A listing that ended by itself has said everything that there is to say of the range.
        long to = page.getNextPageToken().isEmpty() ? hole.toSeq() : Math.min(last, hole.toSeq());
        // Personal messages come with their own range; the ones of a listing may be known and are not in their order.
        List<Message> shared = messages.stream()
                .filter(message -> message.getPersonalSeq() == 0 && message.getSeq() <= hole.toSeq())
                .toList();
        return to < hole.fromSeq()
                ? null
                : new Part(hole.conversationId(), hole.fromSeq(), to, shared, page.getGapsList(), 0, false);
    }

    /**
     * The first thing that is missing before the page can be taken; null when it can be.
     *
     * @param latest how far back a conversation that is new to the device is looked into, when the page does not say
     *     that it begins where it should: a live message may have come before the replay of those before it
     */
    @Nullable Hole firstHole(Function<String, @Nullable Checkpoint> checkpoints, int latest) {
        Map<String, Long> reached = new LinkedHashMap<>();
        for (Part part : parts) {
            Long before = reached.get(part.conversationId());
            if (before == null) {
                Checkpoint checkpoint = checkpoints.apply(part.conversationId());
                long first = part.limited() ? part.fromSeq() - 1 : Math.max(0, part.fromSeq() - 1 - latest);
                before = checkpoint == null || checkpoint.getSeq() == 0 ? first : checkpoint.getSeq();
            }
            if (part.toSeq() > before) {
                if (!part.isWholeAfter(before)) {
                    return new Hole(part.conversationId(), before + 1, part.toSeq());
                }
                if (part.fromSeq() > before + 1) {
                    return new Hole(part.conversationId(), before + 1, part.fromSeq() - 1);
                }
            }
            reached.put(part.conversationId(), Math.max(before, part.toSeq()));
        }
        return null;
    }
}
