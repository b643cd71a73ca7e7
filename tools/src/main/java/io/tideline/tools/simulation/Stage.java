package io.tideline.tools.simulation;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.ChangeMessageResponse;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.CreateConversationResponse;
import io.tideline.api.v1.EditMessageRequest;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.ReactRequest;
import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendPersonalResponse;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.UpdateConversationRequest;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Does the steps of the plan, one after the other, with requests that are made twice and old ones that come again. Looks
 * at each receipt: a step that became another entry, or more than one, shows at once. For one thread.
 */
final class Stage {
    private static final double TWICE = 0.08;
    private static final double LOST = 0.04;
    private static final double LATE = 0.05;
    private static final int LATE_ONES = 64;
    private static final int MEMBERS_AT_ONCE = 5_000;

    private final Calls calls;
    private final SimulationSettings settings;
    private final Findings findings;
    private final Random random;
    /** Requests that were answered, to be made again much later. */
    private final ArrayDeque<Runnable> late = new ArrayDeque<>();

    Stage(Calls calls, SimulationSettings settings, Findings findings) {
        this.calls = calls;
        this.settings = settings;
        this.findings = findings;
        this.random = new Random(settings.seed() ^ 0x5eed);
    }

    /** Creates the group; twice, which must be once. */
    void create(PlannedGroup group) {
        CreateConversationRequest request = CreateConversationRequest.newBuilder()
                .setApp(calls.app())
                .setCreator(PlannedGroup.OWNER)
                .setKind(ConversationKind.GROUP)
                .setPolicy(settings.policy())
                .setHistoryVisible(settings.historyVisible())
                .putAttributes("channel", group.channel())
                .setRequestId(
                        "simulation:" + Integer.toHexString(group.channel().hashCode()))
                .build();
        CompletableFuture<CreateConversationResponse> one = calls.client().createConversation(request);
        CompletableFuture<CreateConversationResponse> two = calls.client().createConversation(request);
        Conversation first = calls.await(one).getConversation();
        Conversation second = calls.await(two).getConversation();
        if (!first.getId().equals(second.getId())) {
            findings.violation("one request id created two conversations");
        }
        group.created(first.getId(), first.getVersion());
    }

    /** Does one step. */
    void act(Plan.Turn turn) {
        PlannedGroup group = turn.group();
        PlannedStep step = turn.step();
        long seq = group.seq(turn.index());
        if (step instanceof PlannedStep.Join join) {
            join(group, join, seq);
        } else if (step instanceof PlannedStep.Leave leave) {
            leave(group, leave, seq);
        } else if (step instanceof PlannedStep.Say say) {
            say(group, say, turn.index(), seq);
        } else if (step instanceof PlannedStep.Recall recall) {
            findings.count("recalls");
            RecallMessageRequest request = RecallMessageRequest.newBuilder()
                    .setApp(calls.app())
                    .setConversationId(group.conversationId())
                    .setUser(recall.user())
                    .setSeq(group.seq(recall.target()))
                    .build();
            change(() -> calls.client().recallMessage(request), seq);
        } else if (step instanceof PlannedStep.Edit edit) {
            edit(group, edit, turn.index(), seq);
        } else if (step instanceof PlannedStep.React react) {
            react(group, react, seq);
        } else if (step instanceof PlannedStep.Switch there) {
            findings.count("switches of diffusion");
            UpdateConversationRequest request = UpdateConversationRequest.newBuilder()
                    .setApp(calls.app())
                    .setConversationId(group.conversationId())
                    .setUser(PlannedGroup.OWNER)
                    .setPolicy(there.policy())
                    .build();
            faulty(() -> calls.client().updateConversation(request), Conversation::getVersion, seq);
        }
        again();
    }

    private void join(PlannedGroup group, PlannedStep.Join join, long seq) {
        findings.count("joins", join.users().size());
        if (join.users().size() > MEMBERS_AT_ONCE) {
            throw new IllegalArgumentException("users: " + join.users().size() + " (expected: 1.." + MEMBERS_AT_ONCE
                    + "); more devices per user make fewer users");
        }
        AddMembersRequest request = AddMembersRequest.newBuilder()
                .setApp(calls.app())
                .setConversationId(group.conversationId())
                .setUser(PlannedGroup.OWNER)
                .addAllMembers(join.users())
                .build();
        faulty(() -> calls.client().addMembers(request), Conversation::getVersion, seq);
    }

    private void leave(PlannedGroup group, PlannedStep.Leave leave, long seq) {
        findings.count("leaves");
        RemoveMemberRequest request = RemoveMemberRequest.newBuilder()
                .setApp(calls.app())
                .setConversationId(group.conversationId())
                .setUser(leave.user())
                .setMember(leave.user())
                .build();
        faulty(() -> calls.client().removeMember(request), Conversation::getVersion, seq);
        if (random.nextInt(3) == 0) {
            findings.count("sends after leaving");
            SendRequest send = SendRequest.newBuilder()
                    .setApp(calls.app())
                    .setConversationId(group.conversationId())
                    .setSender(leave.user())
                    .setMessage(message("left:" + seq, "I am gone"))
                    .build();
            var refusal = calls.refusal(calls.client().send(send));
            if (refusal.isEmpty() || !refusal.get().reason().equals("NOT_MEMBER")) {
                findings.violation("somebody who has left can send: " + seq);
            }
        }
    }

    private static OutgoingMessage message(String clientMessageId, String text) {
        return OutgoingMessage.newBuilder()
                .setClientMessageId(clientMessageId)
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8(text))
                .build();
    }

    private void say(PlannedGroup group, PlannedStep.Say say, int index, long seq) {
        findings.count("messages sent");
        SendRequest request = SendRequest.newBuilder()
                .setApp(calls.app())
                .setConversationId(group.conversationId())
                .setSender(say.user())
                .setMessage(message(say.clientMessageId(), say.text()))
                .build();
        faulty(() -> calls.client().send(request), SendResponse::getSeq, seq);
        if (random.nextDouble() < LATE && late.size() < LATE_ONES) {
            late.add(() -> sayAgain(request, seq));
        }
        if (!say.to().isEmpty()) {
            notice(group, group.notice(say, index), say.to(), seq);
        }
    }

    /** Much later: he may have left, then it is refused; else it is known. */
    private void sayAgain(SendRequest request, long seq) {
        findings.count("old requests made again");
        CompletableFuture<SendResponse> answer = calls.client().send(request);
        var refusal = calls.refusal(answer);
        if (refusal.isPresent()) {
            if (!refusal.get().reason().equals("NOT_MEMBER")) {
                findings.violation(
                        "an old send is refused with " + refusal.get().reason() + ": " + seq);
            }
            return;
        }
        SendResponse response = calls.await(answer);
        if (!response.getRepeated() || response.getSeq() != seq) {
            findings.violation("an old send is no repeat of seq " + seq + ": " + response.getSeq());
        }
    }

    private void notice(PlannedGroup group, PlannedGroup.Notice notice, String to, long seq) {
        findings.count("personal notices sent");
        SendPersonalRequest request = SendPersonalRequest.newBuilder()
                .setApp(calls.app())
                .setConversationId(group.conversationId())
                .setSender(PlannedGroup.OWNER)
                .addRecipients(to)
                .setMessage(message(notice.clientMessageId(), notice.text()))
                .setFollowsSeq(seq)
                .build();
        faulty(() -> calls.client().sendPersonal(request), SendPersonalResponse::getFollowsSeq, seq);
    }

    private void edit(PlannedGroup group, PlannedStep.Edit edit, int index, long seq) {
        findings.count("edits");
        EditMessageRequest request = EditMessageRequest.newBuilder()
                .setApp(calls.app())
                .setConversationId(group.conversationId())
                .setUser(edit.user())
                .setSeq(group.seq(edit.target()))
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8(edit.text()))
                .setClientMessageId("edit:" + index)
                .build();
        change(() -> calls.client().editMessage(request), seq);
    }

    private void react(PlannedGroup group, PlannedStep.React react, long seq) {
        findings.count(react.remove() ? "reactions taken away" : "reactions");
        ReactRequest request = ReactRequest.newBuilder()
                .setApp(calls.app())
                .setConversationId(group.conversationId())
                .setUser(react.user())
                .setSeq(group.seq(react.target()))
                .setReaction(react.reaction())
                .setRemove(react.remove())
                .build();
        change(() -> calls.client().react(request), seq);
    }

    private void change(Supplier<CompletableFuture<ChangeMessageResponse>> call, long seq) {
        faulty(call, ChangeMessageResponse::getChangeSeq, seq);
    }

    /** Makes a request, perhaps twice at once, perhaps again because the answer was lost, and looks at where it went. */
    private <T> void faulty(Supplier<CompletableFuture<T>> call, ToLongFunction<T> seqOf, long seq) {
        double what = random.nextDouble();
        CompletableFuture<T> twin = null;
        if (what < TWICE) {
            findings.count("requests made twice at once");
            twin = call.get();
        } else if (what < TWICE + LOST) {
            findings.count("lost answers");
            calls.await(call.get());
        }
        look(calls.await(call.get()), seqOf, seq);
        if (twin != null) {
            look(calls.await(twin), seqOf, seq);
        }
    }

    private <T> void look(T answer, ToLongFunction<T> seqOf, long seq) {
        long actual = seqOf.applyAsLong(answer);
        if (actual != seq) {
            findings.violation("the step of seq " + seq + " was answered with " + actual);
        }
    }

    private void again() {
        @Nullable Runnable old = random.nextDouble() < LATE / 2 ? late.poll() : null;
        if (old != null) {
            old.run();
        }
    }
}
