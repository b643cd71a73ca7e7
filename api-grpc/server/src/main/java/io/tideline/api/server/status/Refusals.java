package io.tideline.api.server.status;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.sync.consumer.ConsumerBeyondHead;
import java.util.Map;

/** The statuses of what the messaging services refuse: one code and one text per reason, whoever gives it. */
public final class Refusals {
    private Refusals() {}

    /**
     * What was asked for.
     *
     * @throws CallFailure when it was refused
     */
    public static <T> T accepted(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Done<T> done) {
            return done.value();
        }
        Outcome.Refused<T> refused = (Outcome.Refused<T>) outcome;
        throw new CallFailure(of(refused.reason(), refused.context()));
    }

    static Status of(Refusal reason, Map<String, String> context) {
        return switch (reason) {
            case CONVERSATION_NOT_FOUND -> status(Code.NOT_FOUND, reason, "there is no such conversation", context);
            case NOT_MEMBER -> status(Code.PERMISSION_DENIED, reason, "not a member of the conversation", context);
            case ROLE_TOO_LOW ->
                status(Code.PERMISSION_DENIED, reason, "the member's role does not allow this", context);
            case DISSOLVED -> status(Code.FAILED_PRECONDITION, reason, "the conversation is dissolved", context);
            case FIXED_MEMBERS ->
                status(Code.FAILED_PRECONDITION, reason, "the members of this kind of conversation are fixed", context);
            case LAST_OWNER ->
                status(
                        Code.FAILED_PRECONDITION,
                        reason,
                        "the last owner of others: make another member an owner first, or dissolve the conversation",
                        context);
            case TOO_MANY_MEMBERS ->
                status(Code.FAILED_PRECONDITION, reason, "more members than allowed; nobody was added", context);
            case WRONG_MEMBERS ->
                Statuses.invalid("members", "members: not as the kind wants (expected: one other user)");
            case REQUEST_ID_CONFLICT ->
                status(
                        Code.ALREADY_EXISTS,
                        reason,
                        "the creator has used this request id for another conversation",
                        context);
            case CLIENT_MESSAGE_CONFLICT ->
                status(
                        Code.ALREADY_EXISTS,
                        reason,
                        "the sender has used this client message id for other content; nothing was written",
                        context);
            case MESSAGE_NOT_FOUND ->
                status(Code.NOT_FOUND, reason, "there is no message here that the user may see", context);
            case NOT_OWN_MESSAGE ->
                status(Code.PERMISSION_DENIED, reason, "only the message's own sender may do this", context);
            case WINDOW_PASSED ->
                status(Code.FAILED_PRECONDITION, reason, "the time within which this is allowed has passed", context);
            case MESSAGE_GONE ->
                status(Code.FAILED_PRECONDITION, reason, "the message was recalled or deleted", context);
            case TOO_MANY_REACTIONS ->
                status(Code.FAILED_PRECONDITION, reason, "the message has as many reactions as allowed", context);
            case NO_RECIPIENTS -> Statuses.invalid("recipients", "recipients: 0 (expected: 1 or more)");
            case TOO_MANY_RECIPIENTS -> Statuses.invalid("recipients", "recipients: too many (expected: 1..100000)");
            case RECIPIENT_NOT_MEMBER ->
                status(Code.FAILED_PRECONDITION, reason, "a recipient is no member; nothing was written", context);
            case SEQUENCE_BEYOND_HEAD ->
                status(Code.OUT_OF_RANGE, reason, "the seq has not been assigned yet", context);
            case OPERATION_NOT_FOUND -> status(Code.NOT_FOUND, reason, "there is no such operation", context);
            case OPERATION_CONFLICT ->
                status(Code.ALREADY_EXISTS, reason, "the operation id was used for another request", context);
            case OPERATION_FINISHED -> status(Code.FAILED_PRECONDITION, reason, "the operation has ended", context);
            case OPERATION_NOT_CANCELLABLE ->
                status(Code.FAILED_PRECONDITION, reason, "what was begun goes on to its end", context);
        };
    }

    private static Status status(Code code, Refusal reason, String text, Map<String, String> context) {
        return Statuses.failure(code, reason.name(), text, context).build();
    }

    /** PERMISSION_DENIED: the user is not, and never was, in the conversation. */
    public static Status notMember(ConversationId conversation) {
        return of(Refusal.NOT_MEMBER, Map.of("conversation_id", conversation.value()));
    }

    /** NOT_FOUND: nothing is there that the user may see. */
    public static Status messageNotFound() {
        return of(Refusal.MESSAGE_NOT_FOUND, Map.of());
    }

    /** OUT_OF_RANGE: there is no such seq yet. */
    public static Status sequenceBeyondHead(SequenceId head) {
        return of(Refusal.SEQUENCE_BEYOND_HEAD, Map.of("last_seq", head.toString()));
    }

    /** OUT_OF_RANGE: a read mark of a seq that is not there yet. */
    public static Status readMarkBeyondHead(boolean personal, SequenceId head) {
        return Statuses.failure(
                        Code.OUT_OF_RANGE,
                        Reasons.READ_MARK_BEYOND_HEAD,
                        "the mark is beyond the last seq; it was not moved",
                        Map.of("field", personal ? "personal_seq" : "seq", "last_seq", head.toString()))
                .build();
    }

    /**
     * OUT_OF_RANGE: a checkpoint of a seq that is not there yet.
     *
     * @param conversation id of the conversation
     */
    public static Status checkpointBeyondHead(String conversation, boolean personal, SequenceId head) {
        return Statuses.failure(
                        Code.OUT_OF_RANGE,
                        Reasons.CHECKPOINT_BEYOND_HEAD,
                        "a checkpoint is beyond the last seq; none was raised",
                        Map.of(
                                "conversation_id",
                                conversation,
                                "field",
                                personal ? "personal_seq" : "seq",
                                "last_seq",
                                head.toString()))
                .build();
    }

    /** OUT_OF_RANGE: the only timeline that a consumer asks for ends before what it has committed. */
    public static Status consumerBeyondHead(ConsumerBeyondHead beyond) {
        return Statuses.failure(
                        Code.OUT_OF_RANGE,
                        Reasons.CHECKPOINT_BEYOND_HEAD,
                        "what was committed is beyond the last seq; nothing comes of this timeline",
                        Map.of(
                                "timeline_id",
                                beyond.timeline().name(),
                                "committed_seq",
                                beyond.committed().toString(),
                                "last_seq",
                                beyond.head().toString()))
                .build();
    }

    public static Status deviceNotFound() {
        return Statuses.failure(Code.NOT_FOUND, Reasons.DEVICE_NOT_FOUND, "no device of this name has synced", Map.of())
                .build();
    }

    /** The device has subscribed elsewhere. */
    public static Status replaced() {
        return Statuses.failure(Code.ABORTED, Reasons.REPLACED, "the device has subscribed again", Map.of())
                .build();
    }

    /** What a device is refused for. */
    public static Status of(io.tideline.sync.device.Refusal refusal) {
        if (refusal instanceof io.tideline.sync.device.Refusal.BeyondHead beyond) {
            return checkpointBeyondHead(beyond.conversation().value(), beyond.personal(), beyond.head());
        } else if (refusal instanceof io.tideline.sync.device.Refusal.NotInConversation none) {
            return notMember(none.conversation());
        } else if (refusal instanceof io.tideline.sync.device.Refusal.UnknownDevice) {
            return deviceNotFound();
        } else if (refusal instanceof io.tideline.sync.device.Refusal.ForgottenDevice) {
            return Statuses.failure(
                            Code.FAILED_PRECONDITION,
                            Reasons.DEVICE_FORGOTTEN,
                            "the device was forgotten after this token was given; sync without it",
                            Map.of())
                    .build();
        } else if (refusal instanceof io.tideline.sync.device.Refusal.TooManyDevices many) {
            return Statuses.failure(
                            Code.FAILED_PRECONDITION,
                            Reasons.TOO_MANY_DEVICES,
                            "the user has as many devices as allowed; forget one",
                            Map.of("most", Integer.toString(many.most())))
                    .build();
        }
        return invalidToken();
    }

    private static Status invalidToken() {
        Any ack = Any.pack(BadRequest.newBuilder()
                .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                        .setField("ack")
                        .setDescription("ack: altered or another device's (expected: next of a page of this device)"))
                .build());
        return Statuses.failure(
                        Code.INVALID_ARGUMENT,
                        Reasons.INVALID_SYNC_TOKEN,
                        "the token was not made for this device, or was altered",
                        Map.of())
                .addDetails(ack)
                .build();
    }
}
