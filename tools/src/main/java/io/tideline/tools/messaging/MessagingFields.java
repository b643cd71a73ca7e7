package io.tideline.tools.messaging;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ChangeMessageResponse;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ConversationEvent;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.FanoutTask;
import io.tideline.api.v1.Member;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.UserConversation;
import io.tideline.tools.command.EntryFields;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.Fields;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The messaging API's answers as records to print. The names of the fields are those of the protocol's JSON form. */
final class MessagingFields {
    static final List<Column> USER_CONVERSATION_COLUMNS = List.of(
            Column.text("conversationId"),
            Column.text("kind"),
            Column.text("role"),
            Column.number("lastSeq"),
            Column.text("lastTime"),
            Column.number("readSeq"),
            Column.number("unread"),
            Column.text("flags"));

    static final List<Column> MEMBER_COLUMNS = List.of(
            Column.text("user"),
            Column.text("role"),
            Column.number("joinedSeq"),
            Column.number("visibleFromSeq"),
            Column.number("leftSeq"));

    static final List<Column> RECEIPT_COLUMNS = List.of(
            Column.number("seq"),
            Column.number("messageId"),
            Column.text("serverTime"),
            Column.text("repeated"),
            Column.text("clientMessageId"));

    static final List<Column> MESSAGE_COLUMNS = List.of(
            Column.number("seq"),
            Column.number("personalSeq"),
            Column.text("serverTime"),
            Column.text("sender"),
            Column.text("kind"),
            Column.text("state"),
            Column.text("text"));

    static final List<Column> FANOUT_COLUMNS = List.of(
            Column.text("app"),
            Column.text("conversationId"),
            Column.number("doneSeq"),
            Column.number("throughSeq"),
            Column.text("owner"),
            Column.text("since"));

    static final List<Column> UNREAD_COLUMNS = List.of(
            Column.text("conversationId"),
            Column.number("unread"),
            Column.number("readSeq"),
            Column.number("lastSeq"),
            Column.text("flags"));

    private MessagingFields() {}

    /** An enum's name as people write it. */
    static String word(Enum<?> value) {
        return value.name()
                .replaceFirst("^(DIFFUSION|MESSAGE_GAP|SYNC)_", "")
                .toLowerCase(Locale.ROOT)
                .replace('_', ' ');
    }

    static Fields of(Conversation conversation) {
        return new Fields()
                .put("id", conversation.getId())
                .put("kind", word(conversation.getKind()))
                .put("policy", word(conversation.getPolicy()))
                .put("diffusion", word(conversation.getDiffusion()))
                .put("diffusionSinceSeq", conversation.getDiffusionSinceSeq())
                .put("historyVisible", conversation.getHistoryVisible())
                .put("memberCount", conversation.getMemberCount())
                .put("dissolved", conversation.getDissolved())
                .put("createdBy", conversation.getCreatedBy())
                .put("createTime", EntryFields.instant(conversation.getCreateTime()))
                .put("version", conversation.getVersion())
                .put("attributes", new TreeMap<>(conversation.getAttributesMap()));
    }

    static Fields of(UserConversation conversation) {
        ConversationUnread unread = conversation.getUnread();
        return new Fields()
                .put("conversationId", conversation.getConversationId())
                .put("kind", word(conversation.getKind()))
                .put("role", word(conversation.getRole()))
                .put("lastSeq", conversation.getLastSeq())
                .put("lastTime", EntryFields.instant(conversation.getLastTime()))
                .put("readSeq", unread.getReadSeq())
                .put("unread", unread.getUnread())
                .put("flags", flags(unread, conversation.getLeft()));
    }

    static Fields of(ConversationUnread unread) {
        return new Fields()
                .put("conversationId", unread.getConversationId())
                .put("unread", unread.getUnread())
                .put("readSeq", unread.getReadSeq())
                .put("lastSeq", unread.getLastSeq())
                .put("flags", flags(unread, false));
    }

    private static @Nullable String flags(ConversationUnread unread, boolean left) {
        StringBuilder flags = new StringBuilder();
        flags.append(left ? "left " : "")
                .append(unread.getMuted() ? "muted " : "")
                .append(unread.getMarkedUnread() ? "marked-unread " : "");
        return flags.isEmpty() ? null : flags.toString().strip();
    }

    static Fields of(Member member) {
        return new Fields()
                .put("user", member.getUser())
                .put("role", word(member.getRole()))
                .put("joinedSeq", member.getJoinedSeq())
                .put("visibleFromSeq", member.getVisibleFromSeq())
                .put("leftSeq", member.getLeftSeq() == 0 ? null : member.getLeftSeq());
    }

    static Fields of(SendResponse receipt, String clientMessageId) {
        return new Fields()
                .put("seq", receipt.getSeq())
                .put("messageId", receipt.getMessageId())
                .put("serverTime", EntryFields.instant(receipt.getServerTime()))
                .put("repeated", receipt.getRepeated())
                .put("clientMessageId", clientMessageId);
    }

    static Fields of(ChangeMessageResponse change) {
        return new Fields().put("changeSeq", change.getChangeSeq()).put("unchanged", change.getUnchanged());
    }

    static Fields of(FanoutTask task) {
        return new Fields()
                .put("app", task.getApp())
                .put("conversationId", task.getConversationId())
                .put("doneSeq", task.getDoneSeq())
                .put("throughSeq", task.getThroughSeq())
                .put("owner", task.getOwner().isEmpty() ? null : task.getOwner())
                .put("since", EntryFields.instant(task.getSince()));
    }

    static Fields of(MessageGap gap) {
        return new Fields()
                .put("gapFromSeq", gap.getFromSeq())
                .put("gapToSeq", gap.getToSeq())
                .put("type", gap.getType().name());
    }

    /**
     * Payloads that are UTF-8 stand in {@code text}, others in {@code payloadBase64}; of an event, {@code text} says what
     * happened.
     */
    static Fields of(Message message) {
        Fields fields = new Fields()
                .put("conversationId", message.getConversationId())
                .put("seq", message.getSeq())
                .put("personalSeq", message.getPersonalSeq() == 0 ? null : message.getPersonalSeq())
                .put("messageId", message.getMessageId())
                .put("serverTime", EntryFields.instant(message.getServerTime()))
                .put("sender", message.getSender())
                .put("clientMessageId", message.getClientMessageId())
                .put("kind", message.hasEvent() ? "event" : message.getKind());
        if (message.hasEvent()) {
            return fields.put("text", text(message.getEvent()));
        }
        ByteString payload = message.getPayload();
        fields.put("state", message.getState() == MessageState.SENT ? null : word(message.getState()))
                .put("changedSeq", message.getChangedSeq() == 0 ? null : message.getChangedSeq())
                .put("notice", message.getNotice() ? true : null)
                .put("reactions", reactions(message));
        return payload.isValidUtf8()
                ? fields.put("text", payload.toStringUtf8())
                : fields.put("payloadBase64", Base64.getEncoder().encodeToString(payload.toByteArray()));
    }

    /** For a table: base64 behind a mark when the payload is no text, and reactions behind it. */
    static Fields forPeople(Message message) {
        Fields fields = of(message);
        if (message.hasEvent()) {
            return fields;
        }
        Object base64 = fields.asMap().get("payloadBase64");
        Object reactions = fields.asMap().get("reactions");
        String text = base64 == null ? message.getPayload().toStringUtf8() : "base64:" + base64;
        return fields.put("text", reactions == null ? text : text + "  " + reactions);
    }

    private static @Nullable Map<String, Integer> reactions(Message message) {
        return message.getReactionsCount() == 0
                ? null
                : message.getReactionsList().stream()
                        .collect(Collectors.toMap(
                                reaction -> reaction.getReaction(),
                                reaction -> reaction.getCount(),
                                Math::max,
                                TreeMap::new));
    }

    private static String text(ConversationEvent event) {
        return switch (event.getEventCase()) {
            case CREATED -> "created " + word(event.getCreated().getKind());
            case JOINED -> "joined " + names(event.getJoined().getUsersList());
            case LEFT -> "left " + event.getLeft().getUser();
            case ROLE_CHANGED ->
                event.getRoleChanged().getUser() + " is now "
                        + word(event.getRoleChanged().getRole());
            case SETTINGS_CHANGED -> "settings changed";
            case DIFFUSION_SWITCHED ->
                "diffusion " + word(event.getDiffusionSwitched().getDiffusion());
            case DISSOLVED -> "dissolved";
            case MESSAGE_CHANGED -> text(event.getMessageChanged());
            case EVENT_NOT_SET -> "of a newer server";
        };
    }

    private static String names(List<String> users) {
        int shown = Math.min(users.size(), 3);
        String more = users.size() > shown ? " and " + (users.size() - shown) + " more" : "";
        return String.join(", ", users.subList(0, shown)) + more;
    }

    private static String text(ConversationEvent.MessageChanged change) {
        if (!change.getReaction().isEmpty()) {
            return (change.getReactionAdded() ? "reacted " : "took back ") + change.getReaction() + " to seq "
                    + change.getSeq();
        }
        return word(change.getState()) + " seq " + change.getSeq();
    }
}
