package io.tideline.client;

import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.UserConversation;
import io.tideline.client.DeviceStoreException.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a device knows: checkpoints, messages, and the token of the last page. For one thread at a time. */
final class DeviceStore implements AutoCloseable {
    private static final String TOKEN = "token";
    private static final String TO_BE_FORGOTTEN = "to_be_forgotten";

    private final DeviceDatabase database;
    private final DeviceCounts counts;
    private final String user;

    /** A message that the listener has not seen; a later arrival has a higher number. */
    record Unshown(long arrival, Message message) {}

    private DeviceStore(DeviceDatabase database, String user) {
        this.database = database;
        this.counts = new DeviceCounts(database);
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

    DeviceCounts counts() {
        return counts;
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

    /**
     * Lets go of all that is here of these conversations: what comes next of them is as of new ones. Only within a
     * transaction.
     */
    void beginAnew(Collection<String> conversationIds) {
        for (String id : conversationIds) {
            database.update("DELETE FROM message WHERE conversation = ?", id);
            // Not what the listener was told last: he is to learn of what has become of it.
            database.update(
                    "UPDATE conversation SET seq = 0, personal_seq = 0, read_seq = 0, personal_read_seq = 0,"
                            + " mark_pending = 0, base_unread = 0, base_seq = 0, base_personal_unread = 0,"
                            + " base_personal_seq = 0 WHERE id = ?",
                    id);
        }
    }

    /** The server has checkpoints that only forgetting the device takes back. Only within a transaction. */
    void wantToBeForgotten() {
        setMeta(TOKEN, "");
        setMeta(TO_BE_FORGOTTEN, "yes");
    }

    /** Whether the device is to be forgotten, and to tell its checkpoints then, before anything else. */
    boolean isToBeForgotten() {
        return "yes".equals(metaValue(TO_BE_FORGOTTEN));
    }

    /** It was forgotten, and has told its checkpoints. */
    void wasForgotten() {
        database.transaction(() -> setMeta(TO_BE_FORGOTTEN, ""));
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
                "SELECT id, seq, personal_seq FROM conversation WHERE seq + personal_seq > 0 ORDER BY id",
                row -> checkpoint(row.getString(1), row.getLong(2), row.getLong(3)));
    }

    static Checkpoint checkpoint(String conversationId, long seq, long personalSeq) {
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
        long missing = part.visibleAfter(seq);
        long missingPersonal = newPersonalSeq - personalSeq;
        for (Message message : part.messages()) {
            boolean fresh =
                    message.getPersonalSeq() > 0 ? message.getPersonalSeq() > personalSeq : message.getSeq() > seq;
            if (fresh) {
                insert(id, message, echo);
                missing -= message.getPersonalSeq() > 0 ? 0 : 1;
                missingPersonal -= message.getPersonalSeq() > 0 ? 1 : 0;
                newPersonalSeq = Math.max(newPersonalSeq, message.getPersonalSeq());
            }
        }
        database.update(
                "UPDATE conversation SET seq = max(seq, ?), personal_seq = ? WHERE id = ?",
                part.toSeq(),
                newPersonalSeq,
                id);
        if (missing > 0 || missingPersonal > 0) {
            counts.missing(id, missing > 0 ? part.toSeq() : 0, missingPersonal > 0 ? newPersonalSeq : 0);
        }
    }

    private void insert(String id, Message message, SendQueue.Echo echo) {
        boolean own = message.getSender().equals(user);
        boolean isCounted = !own && !message.getNotice() && MessageChanges.isShown(message);
        boolean covered = isCounted && counts.covers(message);
        database.update(
                "INSERT OR IGNORE INTO message"
                        + " (conversation, seq, personal_seq, sealed, shown, is_change, counts, unread)"
                        + " VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
                id,
                message.getSeq(),
                message.getPersonalSeq(),
                DeviceDatabase.sealed(message),
                MessageChanges.isChange(message) ? 1 : 0,
                isCounted ? 1 : 0,
                isCounted && !covered ? 1 : 0);
        if (MessageChanges.isChange(message)) {
            change(id, message);
        } else if (own && !message.hasEvent()) {
            echo.arrived(message);
            counts.readBySending(message);
        } else if (message.getEvent().getJoined().getUsersList().contains(user)) {
            counts.joined(message);
        }
    }

    /** Applies a change to the message that it is about. */
    private void change(String id, Message event) {
        long seq = event.getEvent().getMessageChanged().getSeq();
        Message target = message(id, seq);
        if (target == null) {
            counts.changeOfUnknown(event);
            return;
        }
        Message changed = MessageChanges.applied(target, event);
        boolean gone = MessageChanges.isShown(target) && !MessageChanges.isShown(changed);
        if (gone && target.getPersonalSeq() == 0) {
            counts.discount(event);
        }
        database.update(
                "UPDATE message SET sealed = ? WHERE conversation = ? AND seq = ? AND personal_seq = 0",
                DeviceDatabase.sealed(changed),
                id,
                seq);
    }

    @Nullable Message message(String conversationId, long seq) {
        return database.one(
                "SELECT sealed FROM message WHERE conversation = ? AND seq = ? AND personal_seq = 0",
                row -> database.opened(row.getBytes(1), Message.parser()),
                conversationId,
                seq);
    }

    void take(UserConversation membership) {
        if (membership.getLeft()) {
            counts.left(membership.getConversationId());
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
        counts.moveToBase(id, oldestKept);
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

    @Override
    public void close() {
        database.close();
    }
}
