package io.tideline.api.server.translate;

import io.tideline.core.store.Direction;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Page tokens: URL-safe base64 of {@code version | body | check}. The check is the first 10 bytes of the SHA-256 of
 * version, body and the request's fields, lengths before texts. It is no secret and guards nothing: a token only says
 * what a request could say as well. It catches tokens that are cut, altered or of another request.
 */
public final class PageTokens {
    /** Goes up with the layout; tokens of other versions are refused, and the caller starts over. */
    private static final byte READ_V1 = 1;

    private static final byte LIST_V1 = 65;
    private static final int CHECK_BYTES = 10;
    private static final int READ_BODY_BYTES = 2 * Long.BYTES;

    private PageTokens() {}

    /**
     * Where a read goes on.
     *
     * @param from the next page's first seq
     * @param known the last committed seq as far as the page before knew it
     */
    public record ReadPosition(SequenceId from, SequenceId known) {}

    /** The token of the page after this one. */
    public static String ofRead(TimelineId timeline, Direction direction, SequenceId to, ReadPosition position) {
        byte[] body = ByteBuffer.allocate(READ_BODY_BYTES)
                .putLong(position.from().value())
                .putLong(position.known().value())
                .array();
        return encode(READ_V1, body, readFields(timeline, direction, to));
    }

    /** Empty when the token is not one that {@link #ofRead} made for the same timeline, direction and end. */
    public static Optional<ReadPosition> readPosition(
            String token, TimelineId timeline, Direction direction, SequenceId to) {
        return decode(READ_V1, token, readFields(timeline, direction, to))
                .filter(body -> body.length == READ_BODY_BYTES)
                .map(ByteBuffer::wrap)
                .map(body -> new ReadPosition(SequenceId.of(body.getLong()), SequenceId.of(body.getLong())));
    }

    /** The token of the page after {@code last}. */
    public static String ofList(TimelineId last) {
        return encode(LIST_V1, last.name().getBytes(StandardCharsets.UTF_8), listFields(last.app(), last.family()));
    }

    /** Empty when the token is not one that {@link #ofList} made for the same app and family. */
    public static Optional<TimelineId> listPosition(String token, AppId app, TimelineFamily family) {
        return decode(LIST_V1, token, listFields(app, family))
                .map(body -> new TimelineId(app, family, new String(body, StandardCharsets.UTF_8)));
    }

    /** Lists of the messaging services. Their codes go up with the layout of their positions. */
    public enum Listing {
        MEMBERS(70),
        CONVERSATIONS(71),
        CHECKPOINTS(72),
        MESSAGES(73),
        FANOUT(74),
        HISTORY(75),
        OPERATIONS(76),
        SEARCH(80);

        private final byte version;

        Listing(int version) {
            this.version = (byte) version;
        }
    }

    /**
     * The token of the page after {@code position}.
     *
     * @param fields those of the request, app first, that must be the same for the next page
     */
    public static String of(Listing listing, String position, String... fields) {
        return encode(listing.version, position.getBytes(StandardCharsets.UTF_8), texts(fields));
    }

    /** Empty when the token is not one that {@link #of} made for the same list and fields. */
    public static Optional<String> position(Listing listing, String token, String... fields) {
        return decode(listing.version, token, texts(fields)).map(body -> new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] texts(String... fields) {
        return bytes(out -> {
            for (String field : fields) {
                out.writeUTF(field);
            }
        });
    }

    private static byte[] readFields(TimelineId timeline, Direction direction, SequenceId to) {
        return bytes(out -> {
            out.writeUTF(timeline.app().value());
            out.writeByte(timeline.family().code());
            out.writeUTF(timeline.name());
            out.writeBoolean(direction == Direction.FORWARD);
            out.writeLong(to.value());
        });
    }

    private static byte[] listFields(AppId app, TimelineFamily family) {
        return bytes(out -> {
            out.writeUTF(app.value());
            out.writeByte(family.code());
        });
    }

    private static String encode(byte version, byte[] body, byte[] requestFields) {
        byte[] token = ByteBuffer.allocate(1 + body.length + CHECK_BYTES)
                .put(version)
                .put(body)
                .put(check(version, body, requestFields))
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private static Optional<byte[]> decode(byte version, String token, byte[] requestFields) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length < 1 + CHECK_BYTES || bytes[0] != version) {
            return Optional.empty();
        }
        byte[] body = Arrays.copyOfRange(bytes, 1, bytes.length - CHECK_BYTES);
        // Encoded again and compared as a whole: base64 has spare bits that a decoder passes over.
        return encode(version, body, requestFields).equals(token) ? Optional.of(body) : Optional.empty();
    }

    private static byte[] check(byte version, byte[] body, byte[] requestFields) {
        byte[] digest = sha256(bytes(out -> {
            out.writeByte(version);
            out.writeInt(body.length);
            out.write(body);
            out.write(requestFields);
        }));
        return Arrays.copyOf(digest, CHECK_BYTES);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private interface Content {
        void writeTo(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            content.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
