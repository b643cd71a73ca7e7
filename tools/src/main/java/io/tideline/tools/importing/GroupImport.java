package io.tideline.tools.importing;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.client.MessagingClient;
import io.tideline.client.TidelineCallException;
import io.tideline.core.timeline.Payload;
import io.tideline.tools.chatlog.ChatEvent;
import io.tideline.tools.chatlog.ChatLogReader;
import io.tideline.tools.chatlog.GroupStep;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Brings a chat log into groups, one for each channel: join and leave are membership, messages are sent by their nicks,
 * and one that is addressed to a member is followed by a personal notice to him. One request at a time, so that the group
 * is in the order of the file; for one run.
 */
public final class GroupImport {
    private static final int JOIN_AT_ONCE = 500;
    /** The longest text that a personal message carries, beside its envelope. */
    private static final int MAX_NOTICE_BYTES = Payload.MAX_BYTES - 1_024;

    private final MessagingClient client;
    private final ImportSettings settings;
    private final String owner;
    private final ImportCounters counters;
    private final LongSupplier nanos;
    private final Map<String, GroupTarget> targets = new LinkedHashMap<>();
    private long joined;
    private long left;
    private long notices;

    /**
     * @param owner who creates the groups, adds and removes members, and writes notices
     * @param nanos elapsed time, such as {@code System::nanoTime}
     */
    public GroupImport(
            MessagingClient client,
            ImportSettings settings,
            String owner,
            ImportCounters counters,
            LongSupplier nanos) {
        this.client = client;
        this.settings = settings;
        this.owner = owner;
        this.counters = counters;
        this.nanos = nanos;
    }

    /**
     * Imports everything that is not there yet.
     *
     * @throws ImportRefusedException when the file, or what is there, does not let it go on
     * @throws TidelineCallException when the server refuses or stays away
     */
    public GroupImportSummary run(ChatLogReader log) throws IOException {
        long begin = nanos.getAsLong();
        for (Optional<ChatEvent> event = log.next(); event.isPresent(); event = log.next()) {
            take(event.get());
            counters.lines.set(log.line());
            counters.bytesRead.set(log.bytesRead());
        }
        targets.values().forEach(this::join);
        targets.values().forEach(GroupTarget::requireRecognised);
        return summary(Duration.ofNanos(nanos.getAsLong() - begin));
    }

    private void take(ChatEvent event) {
        GroupTarget target = targets.computeIfAbsent(event.channel(), this::target);
        for (GroupStep step : target.log().next(event)) {
            if (step instanceof GroupStep.Join join) {
                if (!target.holdsChange(event.line())) {
                    target.joining().add(join.user());
                    if (target.joining().size() == JOIN_AT_ONCE) {
                        join(target);
                    }
                }
            } else if (step instanceof GroupStep.Leave leave) {
                if (!target.holdsChange(event.line())) {
                    leave(target, leave.user());
                }
            } else if (step instanceof GroupStep.Say say) {
                say(target, say);
            }
        }
    }

    private GroupTarget target(String channel) {
        CreateConversationRequest request = CreateConversationRequest.newBuilder()
                .setApp(settings.app())
                .setCreator(owner)
                .setKind(ConversationKind.GROUP)
                .setPolicy(DiffusionPolicy.DIFFUSION_READ)
                .putAttributes("channel", channel)
                .setRequestId(requestId(channel))
                .build();
        Conversation group = await(client.createConversation(request)).getConversation();
        return GroupTarget.find(client, settings.app(), group.getId(), owner, settings.ids(), settings.kinds());
    }

    /** The same in every run: a request id is short, so of the channel it has a digest. */
    private String requestId(String channel) {
        return "i:" + Integer.toHexString(channel.hashCode()) + ":"
                + settings.ids().importId();
    }

    private void join(GroupTarget target) {
        if (target.joining().isEmpty()) {
            return;
        }
        Conversation group = await(client.addMembers(AddMembersRequest.newBuilder()
                .setApp(settings.app())
                .setConversationId(target.conversationId())
                .setUser(owner)
                .addAllMembers(target.joining())
                .build()));
        target.reached(group.getVersion());
        joined += target.joining().size();
        target.joining().clear();
    }

    private void leave(GroupTarget target, String user) {
        join(target);
        Conversation group = await(client.removeMember(RemoveMemberRequest.newBuilder()
                .setApp(settings.app())
                .setConversationId(target.conversationId())
                .setUser(owner)
                .setMember(user)
                .build()));
        target.reached(group.getVersion());
        left++;
    }

    private void say(GroupTarget target, GroupStep.Say say) {
        ChatEvent event = say.event();
        ByteString payload = ChatImport.utf8(event);
        if (payload.size() > Payload.MAX_BYTES) {
            if (!settings.skipOversized()) {
                throw ImportRefusedException.atLine(
                        event.line(),
                        "text of " + payload.size() + " bytes (expected: 0.." + Payload.MAX_BYTES
                                + "); --skip-oversized leaves such lines out");
            }
            counters.oversized.incrementAndGet();
            return;
        }
        counters.messages.incrementAndGet();
        if (target.holds(event.line(), say.user(), payload)) {
            counters.alreadyThere.incrementAndGet();
            if (target.isLast(event.line())) {
                noticeAgain(target, say, payload);
            }
            return;
        }
        join(target);
        SendResponse receipt = send(target, say, payload);
        (receipt.getRepeated() ? counters.alreadyThere : counters.appended).incrementAndGet();
        target.reached(receipt.getSeq());
        notice(target, say, payload, receipt.getSeq());
    }

    private SendResponse send(GroupTarget target, GroupStep.Say say, ByteString payload) {
        try {
            return await(client.send(SendRequest.newBuilder()
                    .setApp(settings.app())
                    .setConversationId(target.conversationId())
                    .setSender(say.user())
                    .setMessage(message(settings.ids().ofLine(say.event().line()), payload))
                    .build()));
        } catch (TidelineCallException refused) {
            if (refused.reason().equals("CLIENT_MESSAGE_CONFLICT")) {
                throw new ImportRefusedException(
                        "this import id was used with another file: choose one with --import-id ("
                                + refused.getMessage() + ")");
            }
            throw refused;
        }
    }

    private static OutgoingMessage message(String id, ByteString payload) {
        return OutgoingMessage.newBuilder()
                .setClientMessageId(id)
                .setKind("text")
                .setPayload(payload)
                .build();
    }

    /** A repeat is recognised, as that of a message is. */
    private void notice(GroupTarget target, GroupStep.Say say, ByteString payload, long seq) {
        if (say.to().isEmpty() || payload.size() > MAX_NOTICE_BYTES) {
            return;
        }
        boolean repeated = await(client.sendPersonal(SendPersonalRequest.newBuilder()
                        .setApp(settings.app())
                        .setConversationId(target.conversationId())
                        .setSender(owner)
                        .addRecipients(say.to())
                        .setMessage(message(settings.ids().ofLine(say.event().line()), payload))
                        .setFollowsSeq(seq)
                        .build()))
                .getRepeated();
        notices += repeated ? 0 : 1;
    }

    /** Whether the notice of the last message that is there was still made is not known. */
    private void noticeAgain(GroupTarget target, GroupStep.Say say, ByteString payload) {
        try {
            notice(target, say, payload, target.lastLineSeq());
        } catch (TidelineCallException refused) {
            // Who has left since did so by a later line, which was taken after the notice.
            if (!refused.reason().equals("RECIPIENT_NOT_MEMBER")) {
                throw refused;
            }
        }
    }

    private <T> T await(CompletableFuture<T> answer) {
        return Answers.await(answer, settings.patience());
    }

    private GroupImportSummary summary(Duration elapsed) {
        Map<String, GroupImportSummary.Group> groups = new LinkedHashMap<>();
        targets.forEach((channel, target) ->
                groups.put(channel, new GroupImportSummary.Group(target.conversationId(), target.lastSeq())));
        return new GroupImportSummary(
                counters.lines.get(),
                counters.messages.get(),
                counters.appended.get(),
                counters.alreadyThere.get(),
                joined,
                left,
                notices,
                counters.oversized.get(),
                groups,
                elapsed);
    }
}
