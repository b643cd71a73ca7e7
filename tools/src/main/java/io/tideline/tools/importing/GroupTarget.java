package io.tideline.tools.importing;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ConversationEvent;
import io.tideline.api.v1.Direction;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageState;
import io.tideline.client.MessagingClient;
import io.tideline.client.PageCursor;
import io.tideline.tools.chatlog.GroupLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One group of an import: what it holds of the file already, and who waits to be added to it. */
final class GroupTarget {
    private static final int PAGE = 500;

    private final String conversationId;
    private final GroupLog log;
    private final List<String> joining = new ArrayList<>();
    private @Nullable Message last;
    private long lastLine;
    /** Changes of membership after the last message that are there already. */
    private long changesDone;

    private long lastSeq;
    private boolean recognised;

    private GroupTarget(String conversationId, Set<String> kinds) {
        this.conversationId = conversationId;
        this.log = new GroupLog(kinds);
    }

    /**
     * Reads a conversation backward to the last line that it holds of this import, counting what its owner has changed of
     * the membership since.
     */
    static GroupTarget find(
            MessagingClient client, String app, String conversationId, String owner, ImportIds ids, Set<String> kinds) {
        GroupTarget target = new GroupTarget(conversationId, kinds);
        PageCursor<Message> messages = client.allMessages(
                ListMessagesRequest.newBuilder()
                        .setApp(app)
                        .setConversationId(conversationId)
                        .setUser(owner)
                        .setDirection(Direction.BACKWARD)
                        .setPageSize(PAGE)
                        .build(),
                gap -> {});
        while (messages.hasNext()) {
            Message message = messages.next();
            if (message.getPersonalSeq() > 0) {
                continue;
            }
            target.lastSeq = Math.max(target.lastSeq, message.getSeq());
            OptionalLong line = ids.lineOf(message.getClientMessageId());
            if (line.isPresent() && !message.hasEvent()) {
                target.last = message;
                target.lastLine = line.getAsLong();
                break;
            }
            if (message.getSender().equals(owner)) {
                target.changesDone += changes(message.getEvent(), owner);
            }
        }
        target.recognised = target.last == null;
        return target;
    }

    private static long changes(ConversationEvent event, String owner) {
        return switch (event.getEventCase()) {
            case JOINED ->
                event.getJoined().getUsersList().stream()
                        .filter(user -> !user.equals(owner))
                        .count();
            case LEFT -> 1;
            default -> 0;
        };
    }

    String conversationId() {
        return conversationId;
    }

    GroupLog log() {
        return log;
    }

    /** Users to be added together, before anything else happens. */
    List<String> joining() {
        return joining;
    }

    long lastSeq() {
        return lastSeq;
    }

    void reached(long seq) {
        lastSeq = Math.max(lastSeq, seq);
    }

    /** Whether a change of membership of a line is there already. */
    boolean holdsChange(long line) {
        if (line <= lastLine) {
            return true;
        }
        boolean done = changesDone > 0;
        changesDone = Math.max(0, changesDone - 1);
        return done;
    }

    /** Whether a line is the last one that is there: what follows from it may not be. */
    boolean isLast(long line) {
        return line == lastLine;
    }

    /** The seq of the last line that is there. */
    long lastLineSeq() {
        return Objects.requireNonNull(last).getSeq();
    }

    /**
     * Whether a line was imported by an earlier run.
     *
     * @throws ImportRefusedException when the last imported line says something else in this file
     */
    boolean holds(long line, String sender, ByteString payload) {
        Message there = last;
        if (line == lastLine && there != null) {
            // What was edited or recalled since cannot be compared any more.
            recognised = there.getSender().equals(sender)
                    && (there.getState() != MessageState.SENT
                            || there.getPayload().equals(payload));
        }
        if (line >= lastLine) {
            requireRecognised();
        }
        return line <= lastLine;
    }

    /** @throws ImportRefusedException unless the last imported line was found in this file */
    void requireRecognised() {
        if (!recognised) {
            throw ImportRefusedException.atLine(
                    lastLine,
                    "imported before with another content or other --kinds: for another file choose another --import-id");
        }
    }
}
