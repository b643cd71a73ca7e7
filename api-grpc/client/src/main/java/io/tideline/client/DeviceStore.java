package io.tideline.client;

import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.Role;
import io.tideline.api.v1.UserConversation;
import io.tideline.client.DeviceStoreException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a device knows: checkpoints, messages, the token of the last page, and unread counts. For one thread at a time.
 *
 * <p>A conversation's unread count is {@code base_unread}, what the server said when {@code base_seq} was its last
 * message, and the stored messages that came after and count. Read marks that the server has not confirmed are pending,
 * and until it has, its counts of that conversation are not taken over.
 */
final class DeviceStore implements AutoCloseable {
    private static final String TOKEN = "token";

    private final DeviceDatabase database;
    private final String user;

    /** A message that the listener has not seen; a later arrival has a higher number. */
    record Unshown(long arrival, Message message) {}

    /** What is unread, and what the listener was told last. */
    record UnreadChange(String conversationId, long count) {}

    private DeviceStore(DeviceDatabase database, String user) {
        this.database = database;
        this.user = user;
    }

    static DeviceStore open(DeviceConfig config) {
        DeviceDatabase database = DeviceDatabase.open(config.store());
        try {
            DeviceStore store = new DeviceStore(database, config.user());
            store.requireOwner("app", config.app());
            store.requireOwner("user", config.user());
            store.requireOwner("device", config.device());
            return store;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private void requireOwner(String name, String wanted) {
        String found = meta(name, () -> wanted);
        if (!found.equals(wanted)) {
            throw new DeviceStoreException(Reason.OTHER_OWNER, database.file(), "it is of " + name + " " + found, null);
        }
    }

    DeviceDatabase database() {
        return database;
    }

    /** A fact of the store; made when it has none. */
    String meta(String name, Supplier<String> otherwise) {
        String found = metaValue(name);
        if (found != null) {
            return found;
        }
        String made = otherwise.get();
        database.transaction(() -> setMeta(name, made));
        return made;
    }

    private @Nullable String metaValue(String name) {
        return database.one("SELECT value FROM meta WHERE name = ?", row -> row.getString(1), name);
    }

    private void setMeta(String name, String value) {
        database.update("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", name, value);
    }

    /** {@code next} of the last page that was stored; empty for none. */
    String token() {
        String token = metaValue(TOKEN);
        return token == null ? "" : token;
    }

    void forgetToken() {
        database.transaction(() -> setMeta(TOKEN, ""));
    }

    /** Null for a conversation that the device has nothing of. */
    @Nullable Checkpoint checkpoint(String conversationId) {
        return database.one(
                "SELECT seq, personal_seq FROM conversation WHERE id = ?",
                row -> checkpoint(conversationId, row.getLong(1), row.getLong(2)),
                conversationId);
    }

    List<Checkpoint> checkpoints() {
        return database.list(
                "SELECT id, seq, personal_seq FROM conversation ORDER BY id",
                row -> checkpoint(row.getString(1), row.getLong(2), row.getLong(3)));
    }

    private static Checkpoint checkpoint(String conversationId, long seq, long personalSeq) {
        return Checkpoint.newBuilder()
                .setConversationId(conversationId)
                .setSeq(seq)
                .setPersonalSeq(personalSeq)
                .build();
    }

    /** Stores what is new of a part of a conversation and raises its checkpoint. Only within a transaction. */
    void take(DevicePage.Part part, SendQueue.Echo echo) {
        String id = part.conversationId();
        database.update("INSERT OR IGNORE INTO conversation (id, seq, personal_seq) VALUES (?, 0, 0)", id);
        Checkpoint before = checkpoint(id);
        long seq = before == null ? 0 : before.getSeq();
        long personalSeq = before == null ? 0 : before.getPersonalSeq();
        long newPersonalSeq = Math.max(personalSeq, part.personalToSeq());
        for (Message message : part.messages()) {
            boolean fresh =
                    message.getPersonalSeq() > 0 ? message.getPersonalSeq() > personalSeq : message.getSeq() > seq;
            if (fresh) {
                insert(id, message, echo);
                newPersonalSeq = Math.max(newPersonalSeq, message.getPersonalSeq());
            }
        }
        database.update(
                "UPDATE conversation SET seq = max(seq, ?), personal_seq = ? WHERE id = ?",
                part.toSeq(),
                newPersonalSeq,
                id);
    }

    private void insert(String id, Message message, SendQueue.Echo echo) {
        boolean own = message.getSender().equals(user);
        boolean counts = !own && !message.getNotice() && MessageChanges.isShown(message);
        boolean covered = message.getPersonalSeq() == 0
                && message.getSeq()
                        <= database.number("SELECT max(read_seq, base_seq) FROM conversation WHERE id = ?", id);
        database.update(
                "INSERT OR IGNORE INTO message"
                        + " (conversation, seq, personal_seq, sealed, shown, is_change, counts, unread)"
                        + " VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
                id,
                message.getSeq(),
                message.getPersonalSeq(),
                DeviceDatabase.sealed(message),
                MessageChanges.isChange(message) ? 1 : 0,
                counts ? 1 : 0,
                counts && !covered ? 1 : 0);
        if (MessageChanges.isChange(message)) {
            change(id, message);
        } else if (own && !message.hasEvent()) {
            echo.arrived(message);
            if (message.getPersonalSeq() == 0) {
                raiseRead(id, message.getSeq());
            }
        }
    }

    /** A message that counted and now shows nothing is no longer unread, wherever it was counted. */
    private void change(String id, Message event) {
        long seq = event.getEvent().getMessageChanged().getSeq();
        Message target = message(id, seq);
        if (target == null) {
            return;
        }
        Message changed = MessageChanges.applied(target, event);
        boolean gone = MessageChanges.isShown(target) && !MessageChanges.isShown(changed);
        if (gone && target.getPersonalSeq() == 0) {
            discount(id, seq, event);
        }
        database.update(
                "UPDATE message SET sealed = ? WHERE conversation = ? AND seq = ? AND personal_seq = 0",
                DeviceDatabase.sealed(changed),
                id,
                seq);
    }

    private void discount(String id, long seq, Message event) {
        int unread = database.update(
                "UPDATE message SET unread = 0 WHERE conversation = ? AND seq = ? AND personal_seq = 0 AND unread = 1",
                id,
                seq);
        if (unread == 0) {
            // In the server's count, unless it had heard of this when it counted.
            database.update(
                    "UPDATE conversation SET base_unread = max(0, base_unread - 1) WHERE id = ? AND read_seq < ?"
                            + " AND base_seq >= ? AND (base_seq < ? OR ?) AND EXISTS (SELECT 1 FROM message"
                            + " WHERE conversation = ? AND seq = ? AND personal_seq = 0 AND counts = 1)",
                    id,
                    seq,
                    seq,
                    event.getSeq(),
                    event.getPersonalSeq() > 0,
                    id,
                    seq);
        }
        database.update(
                "UPDATE message SET counts = 0 WHERE conversation = ? AND seq = ? AND personal_seq = 0", id, seq);
    }

    @Nullable Message message(String conversationId, long seq) {
        return database.one(
                "SELECT sealed FROM message WHERE conversation = ? AND seq = ? AND personal_seq = 0",
                row -> database.opened(row.getBytes(1), Message.parser()),
                conversationId,
                seq);
    }

    void take(UserConversation membership) {
        if (membership.getRole() == Role.ROLE_UNSPECIFIED) {
            database.update("UPDATE message SET unread = 0 WHERE conversation = ?", membership.getConversationId());
            database.update("UPDATE conversation SET base_unread = 0 WHERE id = ?", membership.getConversationId());
        }
    }

    /** Of a page that is stored in the same transaction. */
    void takeToken(String token) {
        setMeta(TOKEN, token);
    }

    /** The next ones to show, in the order of their arrival. */
    List<Unshown> unshown(int limit) {
        return database.list(
                "SELECT arrival, sealed FROM message WHERE shown = 0 ORDER BY arrival LIMIT ?",
                row -> new Unshown(row.getLong(1), database.opened(row.getBytes(2), Message.parser())),
                limit);
    }

    /** Notes what was shown, and lets go of what is more than is to be kept. */
    void shown(List<Unshown> shown, int keep) {
        Set<String> conversations = new LinkedHashSet<>();
        shown.forEach(one -> conversations.add(one.message().getConversationId()));
        long last = shown.get(shown.size() - 1).arrival();
        database.transaction(() -> {
            database.update("UPDATE message SET shown = 1 WHERE shown = 0 AND arrival <= ?", last);
            conversations.forEach(id -> trim(id, keep));
        });
    }

    /** What is unread of the messages that go is from now on in the base. */
    private void trim(String id, int keep) {
        Long oldestKept = database.one(
                "SELECT seq FROM message WHERE conversation = ? ORDER BY seq DESC, personal_seq DESC LIMIT 1 OFFSET ?",
                row -> row.getLong(1),
                id,
                keep - 1);
        if (oldestKept == null) {
            return;
        }
        long unread = database.number(
                "SELECT count(*) FROM message WHERE conversation = ? AND seq < ? AND shown = 1 AND unread = 1",
                id,
                oldestKept);
        if (unread > 0) {
            database.update(
                    "UPDATE conversation SET base_unread = base_unread + ?, base_seq = max(base_seq, ?) WHERE id = ?",
                    unread,
                    oldestKept - 1,
                    id);
        }
        database.update("DELETE FROM message WHERE conversation = ? AND seq < ? AND shown = 1", id, oldestKept);
    }

    /** The latest messages, oldest first; events of changes are not among them, as messages show what they did. */
    List<Message> messages(String conversationId, int limit) {
        List<Message> latest = new ArrayList<>(database.list(
                "SELECT sealed FROM message WHERE conversation = ? AND is_change = 0"
                        + " ORDER BY seq DESC, personal_seq DESC LIMIT ?",
                row -> database.opened(row.getBytes(1), Message.parser()),
                conversationId,
                limit));
        Collections.reverse(latest);
        return latest;
    }

    long unread(String conversationId) {
        return database.number("SELECT base_unread FROM conversation WHERE id = ?", conversationId)
                + database.number("SELECT count(*) FROM message WHERE conversation = ? AND unread = 1", conversationId);
    }

    long totalUnread() {
        return database.number("SELECT sum(base_unread) FROM conversation")
                + database.number("SELECT count(*) FROM message WHERE unread = 1");
    }

    /** Conversations whose count is another than was told, noted as told. */
    List<UnreadChange> untoldUnread() {
        List<UnreadChange> changes = database.list(
                "SELECT id, count FROM (SELECT id, told_unread, base_unread + (SELECT count(*) FROM message"
                        + " WHERE conversation = id AND unread = 1) AS count FROM conversation)"
                        + " WHERE count <> told_unread ORDER BY id",
                row -> new UnreadChange(row.getString(1), row.getLong(2)));
        if (!changes.isEmpty()) {
            database.transaction(() -> changes.forEach(change -> database.update(
                    "UPDATE conversation SET told_unread = ? WHERE id = ?", change.count(), change.conversationId())));
        }
        return changes;
    }

    /** The user has read up to here on this device; the server is to learn of it. */
    void markRead(String conversationId, long seq) {
        database.transaction(() -> {
            raiseRead(conversationId, seq);
            database.update("UPDATE conversation SET mark_pending = 1 WHERE id = ?", conversationId);
        });
    }

    private void raiseRead(String id, long seq) {
        database.update("UPDATE message SET unread = 0 WHERE conversation = ? AND seq <= ?", id, seq);
        database.update("UPDATE conversation SET base_unread = 0 WHERE id = ? AND base_seq <= ?", id, seq);
        // Within what the server counted: exact when the device has all of it.
        database.update(
                "UPDATE conversation SET base_unread = min(base_unread, (SELECT count(*) FROM message"
                        + " WHERE conversation = id AND message.seq > ?1 AND message.seq <= base_seq AND counts = 1))"
                        + " WHERE id = ?2 AND base_seq > ?1 AND base_seq <= conversation.seq"
                        + " AND (SELECT min(message.seq) FROM message WHERE conversation = id) <= ?1 + 1",
                seq,
                id);
        database.update("UPDATE conversation SET read_seq = max(read_seq, ?) WHERE id = ?", seq, id);
    }

    /** Read marks that the server has not confirmed. */
    List<Checkpoint> pendingMarks() {
        return database.list(
                "SELECT id, read_seq FROM conversation WHERE mark_pending = 1 ORDER BY id LIMIT 100",
                row -> checkpoint(row.getString(1), row.getLong(2), 0));
    }

    /** The server knows of a mark, or will never take it. */
    void settled(Checkpoint mark) {
        database.transaction(() -> database.update(
                "UPDATE conversation SET mark_pending = 0 WHERE id = ? AND read_seq <= ?",
                mark.getConversationId(),
                mark.getSeq()));
    }

    /** What the server counted just now takes the place of what the device counted. */
    void serverCounted(ConversationUnread counted) {
        String id = counted.getConversationId();
        database.transaction(() -> {
            boolean stale =
                    database.number("SELECT count(*) FROM conversation WHERE id = ? AND mark_pending = 1", id) > 0;
            if (!stale) {
                database.update(
                        "UPDATE message SET unread = 0 WHERE conversation = ? AND seq <= ?", id, counted.getLastSeq());
                database.update(
                        "UPDATE conversation SET base_unread = ?, base_seq = max(base_seq, ?),"
                                + " read_seq = max(read_seq, ?) WHERE id = ?",
                        counted.getUnread(),
                        counted.getLastSeq(),
                        counted.getReadSeq(),
                        id);
            }
        });
    }

    /** The server counted all and named those with anything unread: the others have nothing, as far as is known here. */
    void serverCountedAll(List<ConversationUnread> named) {
        Set<String> ids = new LinkedHashSet<>();
        named.forEach(counted -> ids.add(counted.getConversationId()));
        List<String> others = database.list(
                "SELECT id FROM conversation WHERE mark_pending = 0 AND (base_unread > 0"
                        + " OR EXISTS (SELECT 1 FROM message WHERE conversation = id AND unread = 1))",
                row -> row.getString(1));
        database.transaction(() -> {
            for (String id : others) {
                if (!ids.contains(id)) {
                    database.update("UPDATE message SET unread = 0 WHERE conversation = ?", id);
                    database.update(
                            "UPDATE conversation SET base_unread = 0, base_seq = max(base_seq, seq) WHERE id = ?", id);
                }
            }
        });
        named.forEach(this::serverCounted);
    }

    @Override
    public void close() {
        database.close();
    }
}
