package io.tideline.api.server.wiring;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Tideline's version, as the build wrote it into a resource: it survives repackaging, a manifest entry does not. */
final class BuildVersion {
    private static final String RESOURCE = "/io/tideline/api/server/build.properties";

    private BuildVersion() {}

    static String read() {
        try (@Nullable InputStream in = BuildVersion.class.getResourceAsStream(RESOURCE)) {
            Properties build = new Properties();
            if (in != null) {
                build.load(in);
            }
            return build.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }
}
