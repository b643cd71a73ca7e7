package io.tideline.store;

/** Stable names of what callers are refused for. They travel to clients as the reason of an error: never renamed. */
public enum Refusal {
    /** There is no such conversation. */
    CONVERSATION_NOT_FOUND,
    /** Whoever acts is no member: never was, has left or was removed. */
    NOT_MEMBER,
    /** Whoever acts is a member whose role may not do this. */
    ROLE_TOO_LOW,
    /** The conversation is dissolved. */
    DISSOLVED,
    /** The conversation's kind has fixed members. */
    FIXED_MEMBERS,
    /** The last owner may not go, or give up the role, while there are other members. */
    LAST_OWNER,
    /** More members than one request, or one conversation, may have. */
    TOO_MANY_MEMBERS,
    /** A direct conversation has exactly two members. */
    WRONG_MEMBERS,
    /** The request id was used before, by the same creator, for another conversation. */
    REQUEST_ID_CONFLICT,
    /** The client message id was used before, by the same sender in the same conversation, with other content. */
    CLIENT_MESSAGE_CONFLICT,
    /** There is no message at this seq that the user may see. */
    MESSAGE_NOT_FOUND,
    /** Only the sender of the message may do this. */
    NOT_OWN_MESSAGE,
    /** The time within which this was allowed has passed. */
    WINDOW_PASSED,
    /** The message was recalled or deleted. */
    MESSAGE_GONE,
    /** The message, or the user on it, has as many reactions as the app allows. */
    TOO_MANY_REACTIONS,
    /** A personal message is for nobody. */
    NO_RECIPIENTS,
    /** A personal message is for more members than one request may have. */
    TOO_MANY_RECIPIENTS,
    /** A personal message is for somebody who is no member. */
    RECIPIENT_NOT_MEMBER,
    /** The seq has not been assigned yet. */
    SEQUENCE_BEYOND_HEAD,
    /** There is no such operation, or it was finished so long ago that it is forgotten. */
    OPERATION_NOT_FOUND,
    /** The operation id was used before for another request. */
    OPERATION_CONFLICT,
    /** The operation has ended. */
    OPERATION_FINISHED,
    /** Operations of this kind, once begun, go on to their end. */
    OPERATION_NOT_CANCELLABLE
}
