package io.tideline.client;

import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.Message;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is unread, as a device knows it. For one thread at a time.
 *
 * <p>A conversation's count is {@code base_unread}, what the server said when {@code base_seq} was its last message, and
 * the stored messages that came after and count. Personal messages have seqs, marks and a base of their own, beside those
 * of the conversation: what is read of the one says nothing of the other. Read marks that the server has not confirmed are
 * pending, and until it has, its counts of that conversation are not taken over.
 */
final class DeviceCounts {
    private static final String SHARED = "personal_seq = 0 AND seq > ? AND seq <= ?";
    private static final String PERSONAL = "personal_seq > ? AND personal_seq <= ?";
    private static final DeviceDatabase.Row<Base> BASE =
            row -> new Base(row.getLong(1), row.getLong(2), row.getLong(3));

    private final DeviceDatabase database;
    /** Conversations of which only the server can say what is unread, until it has; forgotten when the process ends. */
    private final Set<String> uncertain = new LinkedHashSet<>();

    /** What is unread, and what the listener was told last. */
    record UnreadChange(String conversationId, long count) {}

    /**
     * Seqs of one conversation.
     *
     * @param here of how many of them there are messages or events here
     * @param counting how many of these count
     */
    private record Span(long length, long here, long counting) {
        /** What was erased or is here no more, or not yet, may count, too. */
        boolean isWhole() {
            return here == length;
        }
    }

    /**
     * What the server counted.
     *
     * @param unread of the seqs after {@code read} up to {@code through}
     */
    private record Base(long unread, long read, long through) {
        /**
         * How many of them a new mark leaves: those after it, or all but those before it, whichever are all here. With
         * neither no more than it can be, until the server has taken the mark and says. So, too, where all but those before
         * it are fewer than stand here after it: some of those before have expired, and the server counted them no more.
         */
        long left(Span before, Span after) {
            long left = after.counting();
            if (!after.isWhole()) {
                long rest = unread - before.counting();
                left = before.isWhole() && rest >= left ? rest : left + after.length() - after.here();
            }
            return Math.max(0, Math.min(unread, left));
        }
    }

    DeviceCounts(DeviceDatabase database) {
        this.database = database;
    }

    /** Whether a message that comes now is read, or in the base. */
    boolean covers(Message message) {
        return message.getPersonalSeq() > 0
                ? message.getPersonalSeq()
                        <= database.number(
                                "SELECT max(personal_read_seq, base_personal_seq) FROM conversation WHERE id = ?",
                                message.getConversationId())
                : message.getSeq()
                        <= database.number(
                                "SELECT max(read_seq, base_seq) FROM conversation WHERE id = ?",
                                message.getConversationId());
    }

    /** Nothing counts for who is no member. */
    void left(String id) {
        database.update("UPDATE message SET unread = 0 WHERE conversation = ?", id);
        database.update("UPDATE conversation SET base_unread = 0, base_personal_unread = 0 WHERE id = ?", id);
    }

    /** As on the server: who sends has read what is before it, in the same timeline; a notice marks nothing. */
    void readBySending(Message own) {
        String id = own.getConversationId();
        if (own.getNotice()) {
            return;
        }
        if (own.getPersonalSeq() > 0) {
            raisePersonalRead(id, own.getPersonalSeq());
        } else {
            raiseRead(id, own.getSeq());
        }
    }

    /** What was sent before the user joined does not count; personal messages of an earlier membership do again. */
    void joined(Message event) {
        String id = event.getConversationId();
        raiseRead(id, event.getSeq());
        if (database.number("SELECT personal_seq FROM conversation WHERE id = ?", id) > 0) {
            uncertain.add(id);
        }
    }

    /** A message that is not kept here may be in the server's count. */
    void changeOfUnknown(Message event) {
        String id = event.getConversationId();
        long seq = event.getEvent().getMessageChanged().getSeq();
        boolean gone = !MessageChanges.isShown(MessageChanges.alone(event));
        if (gone && isInBase(id, seq, event)) {
            uncertain.add(id);
        }
    }

    /** Whether the server's count may have a message that it did not know to be taken back by then. */
    private boolean isInBase(String id, long seq, Message event) {
        return database.number(
                        "SELECT count(*) FROM conversation WHERE id = ? AND base_unread > 0 AND read_seq < ?"
                                + " AND base_seq >= ? AND (base_seq < ? AND ? = 0 OR base_personal_seq < ?)",
                        id,
                        seq,
                        seq,
                        event.getSeq(),
                        event.getPersonalSeq(),
                        event.getPersonalSeq())
                > 0;
    }

    /** Seqs came that nothing can be seen of; on the server they may count. */
    void missing(String id, long through, long personalThrough) {
        boolean counted = database.number(
                        "SELECT count(*) FROM conversation WHERE id = ? AND max(read_seq, base_seq) >= ?"
                                + " AND max(personal_read_seq, base_personal_seq) >= ?",
                        id,
                        through,
                        personalThrough)
                > 0;
        if (!counted) {
            uncertain.add(id);
        }
    }

    /** Conversations whose counts the server has to be asked for. */
    List<String> uncertain() {
        return List.copyOf(uncertain);
    }

    /** The server has said what is unread, or never will. */
    void noLongerUncertain(String id) {
        uncertain.remove(id);
    }

    /** A message that counted and now shows nothing is no longer unread, wherever it was counted. */
    void discount(Message event) {
        String id = event.getConversationId();
        long seq = event.getEvent().getMessageChanged().getSeq();
        int unread = database.update(
                "UPDATE message SET unread = 0 WHERE conversation = ? AND seq = ? AND personal_seq = 0 AND unread = 1",
                id,
                seq);
        if (unread == 0 && isInBase(id, seq, event)) {
            database.update(
                    "UPDATE conversation SET base_unread = base_unread - 1 WHERE id = ? AND EXISTS (SELECT 1 FROM message"
                            + " WHERE conversation = ? AND seq = ? AND personal_seq = 0 AND counts = 1)",
                    id,
                    id,
                    seq);
        }
        database.update(
                "UPDATE message SET counts = 0 WHERE conversation = ? AND seq = ? AND personal_seq = 0", id, seq);
    }

    /** What is unread of messages that are about to go is in the base from now on. */
    void moveToBase(String id, long before) {
        String going = " FROM message WHERE conversation = ? AND seq < ? AND shown = 1 AND unread = 1";
        long unread = database.number("SELECT count(*)" + going + " AND personal_seq = 0", id, before);
        if (unread > 0) {
            database.update(
                    "UPDATE conversation SET base_unread = base_unread + ?, base_seq = max(base_seq, ?) WHERE id = ?",
                    unread,
                    before - 1,
                    id);
        }
        long personal = database.number("SELECT count(*)" + going + " AND personal_seq > 0", id, before);
        if (personal > 0) {
            database.update(
                    "UPDATE conversation SET base_personal_unread = base_personal_unread + ?,"
                            + " base_personal_seq = max(base_personal_seq, ?) WHERE id = ?",
                    personal,
                    database.number("SELECT max(personal_seq)" + going, id, before),
                    id);
        }
    }

    long unread(String conversationId) {
        return database.number(
                        "SELECT base_unread + base_personal_unread FROM conversation WHERE id = ?", conversationId)
                + database.number("SELECT count(*) FROM message WHERE conversation = ? AND unread = 1", conversationId);
    }

    long totalUnread() {
        return database.number("SELECT sum(base_unread + base_personal_unread) FROM conversation")
                + database.number("SELECT count(*) FROM message WHERE unread = 1");
    }

    /** Conversations whose count is another than was told, noted as told; those not that the server is asked about. */
    List<UnreadChange> untoldUnread() {
        List<UnreadChange> changes = database.list(
                "SELECT id, count FROM (SELECT id, told_unread, base_unread + base_personal_unread"
                        + " + (SELECT count(*) FROM message WHERE conversation = id AND unread = 1) AS count"
                        + " FROM conversation)"
                        + " WHERE count <> told_unread ORDER BY id",
                row -> new UnreadChange(row.getString(1), row.getLong(2)));
        changes.removeIf(change -> uncertain.contains(change.conversationId()));
        if (!changes.isEmpty()) {
            database.transaction(() -> changes.forEach(change -> database.update(
                    "UPDATE conversation SET told_unread = ? WHERE id = ?", change.count(), change.conversationId())));
        }
        return changes;
    }

    /** The user has read up to here on this device, in both timelines; the server is to learn of it. */
    void markRead(String conversationId, long seq, long personalSeq) {
        database.transaction(() -> {
            raiseRead(conversationId, seq);
            raisePersonalRead(conversationId, personalSeq);
            // Nothing at all would tell the server: everything.
            database.update(
                    "UPDATE conversation SET mark_pending = 1 WHERE id = ? AND read_seq + personal_read_seq > 0",
                    conversationId);
        });
    }

    /**
     * Up to where the user has read his personal timeline who has read the conversation up to {@code seq}. A personal
     * message may follow an earlier seq than the one before it: what follows a later seq is not passed over.
     */
    long personalThrough(String conversationId, long seq) {
        return database.number(
                "SELECT coalesce((SELECT min(message.personal_seq) - 1 FROM message WHERE conversation = ?1"
                        + " AND message.personal_seq > 0 AND message.seq > ?2 AND is_change = 0),"
                        + " (SELECT conversation.personal_seq FROM conversation WHERE id = ?1))",
                conversationId,
                seq);
    }

    private void raiseRead(String id, long seq) {
        database.update(
                "UPDATE message SET unread = 0 WHERE conversation = ? AND personal_seq = 0 AND seq <= ?", id, seq);
        database.update("UPDATE conversation SET base_unread = 0 WHERE id = ? AND base_seq <= ?", id, seq);
        Base base = database.one(
                "SELECT base_unread, read_seq, base_seq FROM conversation WHERE id = ? AND base_seq > ?",
                BASE,
                id,
                seq);
        if (base != null) {
            long left = base.left(span(SHARED, id, base.read(), seq), span(SHARED, id, seq, base.through()));
            database.update("UPDATE conversation SET base_unread = ? WHERE id = ?", left, id);
        }
        database.update("UPDATE conversation SET read_seq = max(read_seq, ?) WHERE id = ?", seq, id);
    }

    /** What stands here of the seqs after {@code after} up to {@code through}. */
    private Span span(String seqs, String id, long after, long through) {
        Span found = database.one(
                "SELECT count(*), sum(counts) FROM message WHERE conversation = ? AND " + seqs,
                row -> new Span(Math.max(0, through - after), row.getLong(1), row.getLong(2)),
                id,
                after,
                through);
        return found == null ? new Span(Math.max(0, through - after), 0, 0) : found;
    }

    private void raisePersonalRead(String id, long personalSeq) {
        database.update(
                "UPDATE message SET unread = 0 WHERE conversation = ? AND personal_seq > 0 AND personal_seq <= ?",
                id,
                personalSeq);
        database.update(
                "UPDATE conversation SET base_personal_unread = 0 WHERE id = ? AND base_personal_seq <= ?",
                id,
                personalSeq);
        Base base = database.one(
                "SELECT base_personal_unread, personal_read_seq, base_personal_seq FROM conversation"
                        + " WHERE id = ? AND base_personal_seq > ?",
                BASE,
                id,
                personalSeq);
        if (base != null) {
            long left = base.left(
                    span(PERSONAL, id, base.read(), personalSeq), span(PERSONAL, id, personalSeq, base.through()));
            database.update("UPDATE conversation SET base_personal_unread = ? WHERE id = ?", left, id);
        }
        database.update(
                "UPDATE conversation SET personal_read_seq = max(personal_read_seq, ?) WHERE id = ?", personalSeq, id);
    }

    /** Read marks that the server has not confirmed. */
    List<Checkpoint> pendingMarks() {
        return database.list(
                "SELECT id, read_seq, personal_read_seq FROM conversation WHERE mark_pending = 1 ORDER BY id LIMIT 100",
                row -> DeviceStore.checkpoint(row.getString(1), row.getLong(2), row.getLong(3)));
    }

    /** The server knows of a mark, or will never take it. */
    void settled(Checkpoint mark) {
        database.transaction(() -> database.update(
                "UPDATE conversation SET mark_pending = 0 WHERE id = ? AND read_seq <= ? AND personal_read_seq <= ?",
                mark.getConversationId(),
                mark.getSeq(),
                mark.getPersonalSeq()));
    }

    /**
     * What the server counted while it took a mark, unless the device has come farther since and has put what it let go of
     * into the base.
     */
    void serverMarked(ConversationUnread counted) {
        boolean older = database.number(
                        "SELECT count(*) FROM conversation WHERE id = ? AND (base_seq > ? OR base_personal_seq > ?)",
                        counted.getConversationId(),
                        counted.getLastSeq(),
                        counted.getPersonalLastSeq())
                > 0;
        if (!older) {
            serverCounted(counted);
        }
    }

    /** What the server counted just now takes the place of what the device counted. */
    void serverCounted(ConversationUnread counted) {
        String id = counted.getConversationId();
        database.transaction(() -> {
            boolean stale =
                    database.number("SELECT count(*) FROM conversation WHERE id = ? AND mark_pending = 1", id) > 0;
            if (!stale) {
                takeOver(id, counted);
            }
        });
    }

    private void takeOver(String id, ConversationUnread counted) {
        database.update(
                "UPDATE message SET unread = 0 WHERE conversation = ? AND CASE personal_seq WHEN 0 THEN seq <= ?"
                        + " ELSE personal_seq <= ? END",
                id,
                counted.getLastSeq(),
                counted.getPersonalLastSeq());
        database.update(
                "UPDATE conversation SET base_unread = ?, base_seq = ?, base_personal_unread = ?, base_personal_seq = ?"
                        + " WHERE id = ?",
                counted.getUnread() - counted.getPersonalUnread(),
                counted.getLastSeq(),
                counted.getPersonalUnread(),
                counted.getPersonalLastSeq(),
                id);
        // The device may know of more that was read: by sending, say.
        Checkpoint read = database.one(
                "SELECT read_seq, personal_read_seq FROM conversation WHERE id = ?",
                row -> DeviceStore.checkpoint(id, row.getLong(1), row.getLong(2)),
                id);
        if (read != null && read.getSeq() > counted.getReadSeq()) {
            raiseRead(id, read.getSeq());
        }
        if (read != null && read.getPersonalSeq() > counted.getPersonalReadSeq()) {
            raisePersonalRead(id, read.getPersonalSeq());
        }
        database.update(
                "UPDATE conversation SET read_seq = max(read_seq, ?),"
                        + " personal_read_seq = max(personal_read_seq, ?) WHERE id = ?",
                counted.getReadSeq(),
                counted.getPersonalReadSeq(),
                id);
    }

    /**
     * The server counted all and named those with anything unread: the others have nothing, as far as is known here.
     *
     * @param newer conversations of which the server has said something since it was asked for this
     */
    void serverCountedAll(List<ConversationUnread> named, Set<String> newer) {
        Set<String> ids = new LinkedHashSet<>(newer);
        named.forEach(counted -> ids.add(counted.getConversationId()));
        List<String> others = database.list(
                "SELECT id FROM conversation WHERE mark_pending = 0 AND (base_unread + base_personal_unread > 0"
                        + " OR EXISTS (SELECT 1 FROM message WHERE conversation = id AND unread = 1))",
                row -> row.getString(1));
        database.transaction(() -> {
            for (String id : others) {
                if (!ids.contains(id)) {
                    database.update("UPDATE message SET unread = 0 WHERE conversation = ?", id);
                    database.update(
                            "UPDATE conversation SET base_unread = 0, base_seq = max(base_seq, seq),"
                                    + " base_personal_unread = 0, base_personal_seq = max(base_personal_seq, personal_seq)"
                                    + " WHERE id = ?",
                            id);
                }
            }
        });
        uncertain.clear();
        named.stream()
                .filter(counted -> !newer.contains(counted.getConversationId()))
                .forEach(this::serverCounted);
    }
}
