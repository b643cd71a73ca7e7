package io.tideline.store.search.lucene;

import io.tideline.core.timeline.AppId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Directories are named after their apps; what some file system would take ill, capitals among it, is written in hex. */
final class AppDirectories {
    private static final HexFormat HEX = HexFormat.of();

    private AppDirectories() {}

    static String name(AppId app) {
        StringBuilder name = new StringBuilder();
        for (byte b : app.value().getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-';
            if (plain) {
                name.append((char) b);
            } else {
                name.append('%').append(HEX.toHexDigits(b));
            }
        }
        return name.toString();
    }

    /** Empty when {@link #name} has not made it. */
    static Optional<AppId> app(String name) {
        ByteBuffer bytes = ByteBuffer.allocate(name.length());
        try {
            for (int i = 0; i < name.length(); i++) {
                if (name.charAt(i) == '%') {
                    bytes.put((byte) HexFormat.fromHexDigits(name, i + 1, i + 3));
                    i += 2;
                } else {
                    bytes.put((byte) name.charAt(i));
                }
            }
            AppId app = new AppId(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
            return name(app).equals(name) ? Optional.of(app) : Optional.empty();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
