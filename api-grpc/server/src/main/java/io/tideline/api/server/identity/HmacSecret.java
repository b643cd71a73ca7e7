package io.tideline.api.server.identity;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * The secret of HS256: the bytes of a file as they are, without line ends at its end. 32 bytes to 4 KiB (RFC 7518, 3.2),
 * and nothing that anybody can guess. Prints as nothing.
 */
public final class HmacSecret {
    static final int MIN_BYTES = 32;
    static final int MAX_BYTES = 4_096;
    /** Random bytes have more by far; "aaaa..." and "abcabc..." have fewer. */
    private static final int MIN_DISTINCT = 8;

    /** From the pages where people copy their first tokens; those that are too short need not stand here. */
    private static final Set<String> WELL_KNOWN = Set.of(
            "a-string-secret-at-least-256-bits-long",
            "your-256-bit-secret-your-256-bit-secret",
            "your-very-secure-secret-key-at-least-32-characters",
            "your-super-secret-jwt-token-with-at-least-32-characters-long",
            "super-secret-jwt-token-with-at-least-32-characters-long",
            "this-is-a-very-long-secret-key-for-jwt",
            "01234567890123456789012345678901",
            "12345678901234567890123456789012",
            "0123456789abcdef0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz123456",
            "abcdefghijklmnopqrstuvwxyz012345",
            "qwertyuiopasdfghjklzxcvbnm123456",
            "pleasechangethissecrettosomething",
            "404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970");

    private final byte[] bytes;

    private HmacSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads a secret. @throws IllegalArgumentException when the file cannot be read or holds no good secret */
    public static HmacSecret read(Path file) {
        return of(KeyFile.read("secretFile", file));
    }

    static HmacSecret of(byte[] content) {
        int length = content.length;
        while (length > 0 && (content[length - 1] == '\n' || content[length - 1] == '\r')) {
            length--;
        }
        byte[] bytes = Arrays.copyOf(content, length);
        if (length < MIN_BYTES || length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "secretFile: " + length + " bytes (expected: " + MIN_BYTES + ".." + MAX_BYTES + " bytes)");
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (text.chars().distinct().count() < MIN_DISTINCT || WELL_KNOWN.contains(text)) {
            throw new IllegalArgumentException(
                    "secretFile: a secret that others know or can guess (expected: random bytes, for example of"
                            + " \"openssl rand -base64 48\")");
        }
        return new HmacSecret(bytes);
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "HmacSecret";
    }
}
