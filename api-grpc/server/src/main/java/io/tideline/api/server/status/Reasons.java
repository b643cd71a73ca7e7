package io.tideline.api.server.status;

/**
 * Reasons of {@code ErrorInfo} besides those of {@link io.tideline.core.error.ErrorReason} and {@link
 * io.tideline.store.Refusal}. Never renamed.
 */
public final class Reasons {
    /** Says, with the reason, what an error is; the same for all of Tideline. */
    public static final String DOMAIN = "tideline";

    public static final String INVALID_REQUEST = "INVALID_REQUEST";
    public static final String CLIENT_MESSAGE_CONFLICT = "CLIENT_MESSAGE_CONFLICT";
    public static final String BATCH_REJECTED = "BATCH_REJECTED";
    public static final String SEQUENCE_BEYOND_HEAD = "SEQUENCE_BEYOND_HEAD";
    public static final String ENTRY_NOT_FOUND = "ENTRY_NOT_FOUND";
    public static final String ENTRY_EXPIRED = "ENTRY_EXPIRED";
    public static final String TIMELINE_NOT_FOUND = "TIMELINE_NOT_FOUND";
    public static final String TIMELINE_EXISTS = "TIMELINE_EXISTS";
    public static final String ATTRIBUTES_CHANGED = "ATTRIBUTES_CHANGED";
    /** Something before it in the same stream was refused for now. */
    public static final String ORDER_HELD = "ORDER_HELD";

    public static final String SERVER_STOPPING = "SERVER_STOPPING";
    /** No token, or one that is not believed; why is not told. */
    public static final String UNAUTHENTICATED = "UNAUTHENTICATED";

    public static final String TOKEN_EXPIRED = "TOKEN_EXPIRED";
    public static final String SCOPE_TOO_LOW = "SCOPE_TOO_LOW";
    public static final String NOT_YOUR_APP = "NOT_YOUR_APP";
    public static final String NOT_YOURSELF = "NOT_YOURSELF";
    public static final String CHECKPOINT_BEYOND_HEAD = "CHECKPOINT_BEYOND_HEAD";
    public static final String READ_MARK_BEYOND_HEAD = "READ_MARK_BEYOND_HEAD";
    public static final String INVALID_SYNC_TOKEN = "INVALID_SYNC_TOKEN";
    public static final String DEVICE_NOT_FOUND = "DEVICE_NOT_FOUND";
    public static final String DEVICE_FORGOTTEN = "DEVICE_FORGOTTEN";
    public static final String TOO_MANY_DEVICES = "TOO_MANY_DEVICES";
    /** The same device has subscribed again. */
    public static final String REPLACED = "REPLACED";

    /** The server was started without one. */
    public static final String ARCHIVE_NOT_CONFIGURED = "ARCHIVE_NOT_CONFIGURED";

    /** This server keeps no search index. */
    public static final String SEARCH_OFF = "SEARCH_OFF";

    public static final String INTERNAL = "INTERNAL";

    private Reasons() {}
}
