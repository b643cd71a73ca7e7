package io.tideline.tools.messaging;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A device of a user, written {@code user/device}; a user's name may hold slashes, a device's not. */
record DeviceName(String user, String device) {
    static final class Converter implements ITypeConverter<DeviceName> {
        @Override
        public DeviceName convert(String text) {
            int slash = text.lastIndexOf('/');
            if (slash < 1 || slash == text.length() - 1) {
                throw new TypeConversionException("'" + text + "' (expected: user/device)");
            }
            return new DeviceName(text.substring(0, slash), text.substring(slash + 1));
        }
    }
}
