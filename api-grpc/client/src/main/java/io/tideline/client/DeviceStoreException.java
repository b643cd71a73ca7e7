package io.tideline.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The local store of a device cannot be used. Its file is left as it is. */
public final class DeviceStoreException extends RuntimeException {
    /** What is the matter. */
    public enum Reason {
        /**
         * The file is no store, or its content is not what was written. Move it away and open a new one: the server has
         * everything but messages that were not sent yet.
         */
        DAMAGED,
        /** Another process, or another client of this one, has it open. */
        IN_USE,
        /** It belongs to another app, user or device. */
        OTHER_OWNER,
        /** It was written by a newer client. */
        NEWER_FORMAT,
        /** It cannot be read or written: full, not permitted, gone. */
        UNUSABLE
    }

    private final Reason reason;

    DeviceStoreException(Reason reason, Path store, String what, @Nullable Throwable cause) {
        super("The local store " + store + " cannot be used (" + reason + "): " + what, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
