"""What is known about C libraries and systems: lookups, and what the shipped tables answer."""

from __future__ import annotations

import pytest

from bazel_xc.cgo.needs import NeedKind
from bazel_xc.clibs.registry import (
    Library,
    bare_name,
    load_registry,
    load_system,
    registry_from,
    system_from,
)
from bazel_xc.model import Label

REGISTRY = registry_from(
    """
    [[library]]
    name = "libusb"
    headers = ["libusb-1.0/libusb.h"]
    libs = ["usb-1.0"]
    pkg_config = ["libusb-1.0"]
    module = "libusb"
    version = "1.0.27"
    labels = ["@libusb//:libusb"]

    [[library]]
    name = "openssl"
    headers = ["openssl/ssl.h"]
    libs = ["ssl", "crypto"]
    pkg_config = ["openssl", "libssl"]
    labels = ["@openssl//:ssl", "@openssl//:crypto"]
    [library.picks]
    "openssl" = ["@openssl//:ssl", "@openssl//:crypto"]
    [library.links]
    "openssl" = ["ssl", "crypto"]

    [[library]]
    name = "boringssl"
    headers = ["openssl/ssl.h"]
    libs = ["ssl"]
    """
)
SYSTEM = system_from(
    """
    [common]
    headers = ["stdio.h", "immintrin.h"]
    cxx_headers = ["vector"]
    libs = ["m"]
    [os.linux]
    headers = ["unistd.h", "linux/*"]
    libs = ["dl"]
    [os.android]
    inherits = ["linux"]
    libs = ["log"]
    [os.darwin]
    any_framework = true
    frameworks = ["Foundation"]
    [os.windows]
    any_case = true
    headers = ["windows.h"]
    libs = ["ws2_32"]
    """
)

# pkg-config names in the #cgo lines of public Go repositories.
SEEN_PKG_CONFIG = (
    *"""
    MagickCore MagickWand SDL2_ttf SvtAv1Enc appindicator3-0.1 atk ayatana-appindicator3-0.1 cairo
    cairo-gobject egl fontconfig gdal gdk-3.0 gdk-pixbuf-2.0 geos gio-2.0 gl glfw3 glib-2.0
    gmodule-2.0 gobject-2.0 gobject-introspection-1.0 gpgme graphene-1.0 graphene-gobject-1.0
    gstreamer-1.0 gstreamer-allocators-1.0 gstreamer-app-1.0 gstreamer-audio-1.0 gstreamer-base-1.0
    gstreamer-check-1.0 gstreamer-controller-1.0 gstreamer-gl-1.0 gstreamer-mpegts-1.0
    gstreamer-net-1.0 gstreamer-pbutils-1.0 gstreamer-play-1.0 gstreamer-player-1.0
    gstreamer-rtp-1.0 gstreamer-rtsp-1.0 gstreamer-sdp-1.0 gstreamer-tag-1.0 gstreamer-video-1.0
    gstreamer-webrtc-1.0 gtk+-3.0 gtk4 gtk4-wayland gtk4-x11 libavcodec libavdevice libavfilter
    libavformat libavutil libbrotlicommon libbrotlidec libbrotlienc libch libchromaprint libcrypto
    libcryptsetup libexif libgit2 libheif libhs libnbd libnetfilter_queue libnftables libpcsclite
    libraw librrd libseccomp libsecret-1 libsodium libssl libswresample libswscale libsystemd
    libusb-1.0 libva libva-drm libvirt libvirt-admin libvirt-lxc libvirt-qemu libwebp libxml-2.0
    libzmq libzstd lua5.1 lua5.2 lua5.3 lua5.4 lxc mpv oci8 opencv4 openh264 opus opusfile pango
    pangocairo pathrs portaudio-2.0 proj rdkafka re2 sdl2 sdl3 vips vpx wayland-client
    wayland-cursor wayland-egl webkit2gtk-4.0 x11 x264 xau xcb xcursor xdmcp xext xi xinerama xrandr
    xrender yara
    """.split(),
)


def _names(libraries: tuple[Library, ...]) -> list[str]:
    return [library.name for library in libraries]


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        pytest.param(
            NeedKind.HEADER, "openssl/ssl.h", ["openssl", "boringssl"], id="two_libraries_one_header"
        ),
        pytest.param(NeedKind.LIB, "crypto", ["openssl"], id="lib"),
        pytest.param(NeedKind.PKG_CONFIG, "libusb-1.0", ["libusb"], id="pkg_config"),
        pytest.param(NeedKind.HEADER, "libusb.h", [], id="other_spelling_is_no_match"),
        pytest.param(NeedKind.LIB, "openssl", [], id="other_kind_is_no_match"),
        pytest.param(NeedKind.FRAMEWORK, "ssl", [], id="frameworks_are_in_no_table"),
    ],
)
def test_libraries_are_found_by_exact_name(kind: NeedKind, name: str, expected: list[str]) -> None:
    assert expected == _names(REGISTRY.find(kind, name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("libusb.h", ["libusb"], id="folder_left_out"),
        pytest.param("vendor/libusb-1.0/libusb.h", ["libusb"], id="folder_put_before"),
        pytest.param("libusb-1.0/libusb.h", [], id="exact_match_is_none"),
        pytest.param("other/libusb.h", [], id="other_folder"),
        pytest.param("a/b/libusb-1.0/libusb.h", [], id="two_folders"),
        pytest.param("busb.h", [], id="within_a_word"),
    ],
)
def test_headers_that_differ_by_a_folder_are_a_match_apart(name: str, expected: list[str]) -> None:
    assert expected == _names(REGISTRY.by_header_tail(name))


def test_a_library_is_read_whole() -> None:
    ssl, crypto = Label("openssl", "", "ssl"), Label("openssl", "", "crypto")
    expected = Library(
        name="openssl",
        headers=("openssl/ssl.h",),
        libs=("ssl", "crypto"),
        pkg_config=("openssl", "libssl"),
        labels=(ssl, crypto),
        picks={"openssl": (ssl, crypto)},
        links={"openssl": ("ssl", "crypto")},
    )
    assert expected == REGISTRY.libraries[1]


@pytest.mark.parametrize(
    ("library", "name", "expected"),
    [
        pytest.param(1, "openssl", ("ssl", "crypto"), id="as_the_table_says"),
        pytest.param(1, "libssl", ("ssl",), id="the_library_of_that_name"),
        pytest.param(0, "libusb-1.0", ("usb-1.0",), id="version_and_lib_aside"),
        pytest.param(0, "other", ("usb-1.0",), id="first_in_doubt"),
    ],
)
def test_pkg_config_names_stand_for_linker_names(library: int, name: str, expected: tuple[str, ...]) -> None:
    assert expected == REGISTRY.libraries[library].linker_names(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("libusb-1.0", "usb", id="lib_and_version"),
        pytest.param("wayland-client", "waylandclient", id="dash"),
        pytest.param("wayland_client", "waylandclient", id="underscore"),
        pytest.param("pcre2-8", "pcre2", id="width"),
        pytest.param("gtk+-3.0", "gtk", id="plus"),
        pytest.param("PNG", "png", id="case"),
    ],
)
def test_bare_names_are_what_spellings_have_in_common(name: str, expected: str) -> None:
    assert expected == bare_name(name)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        pytest.param(NeedKind.HEADER, "stdio.h", "linux android darwin windows plan9", id="iso_c"),
        pytest.param(NeedKind.HEADER, "vector", "linux android darwin windows plan9", id="iso_cxx"),
        pytest.param(NeedKind.HEADER, "linux/if.h", "linux android", id="folder_and_inherited"),
        pytest.param(NeedKind.HEADER, "Windows.h", "windows", id="windows_knows_no_case"),
        pytest.param(NeedKind.HEADER, "Unistd.h", "", id="others_know_case"),
        pytest.param(NeedKind.HEADER, "Foundation/Foundation.h", "darwin", id="framework_header"),
        pytest.param(NeedKind.LIB, "Ws2_32", "windows", id="import_library"),
        pytest.param(NeedKind.LIB, "log", "android", id="own_library"),
        pytest.param(NeedKind.LIB, "m", "linux android darwin windows plan9", id="common_library"),
        pytest.param(NeedKind.FRAMEWORK, "Anything", "darwin", id="framework"),
        pytest.param(NeedKind.PKG_CONFIG, "m", "", id="pkg_config_is_nobodys"),
    ],
)
def test_systems_have_their_own_and_what_all_have(kind: NeedKind, name: str, expected: str) -> None:
    systems = ("linux", "android", "darwin", "windows", "plan9")

    assert expected.split() == [goos for goos in systems if SYSTEM.has(kind, name, goos)]


@pytest.mark.parametrize("name", SEEN_PKG_CONFIG)
def test_the_shipped_table_knows_every_pkg_config_name_seen(name: str) -> None:
    assert load_registry().find(NeedKind.PKG_CONFIG, name)


def test_labels_of_the_shipped_table_belong_to_its_modules() -> None:
    strays = [
        f"{library.name}: {label}"
        for library in load_registry().libraries
        for label in (*library.labels, *library.header_labels, *sum(library.picks.values(), ()))
        if label.repo != library.module
    ]
    assert not strays


def test_picks_and_links_of_the_shipped_table_name_what_the_library_has() -> None:
    strays = [
        f"{library.name}: {name}"
        for library in load_registry().libraries
        for name in (*library.picks, *library.links)
        if name not in (*library.headers, *library.libs, *library.pkg_config)
    ]
    assert not strays


def test_libraries_of_the_shipped_table_are_named_once() -> None:
    names = _names(load_registry().libraries)

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        pytest.param(NeedKind.HEADER, "sys/epoll.h", "linux android", id="linux_header"),
        pytest.param(NeedKind.HEADER, "linux/netlink.h", "linux android", id="kernel_header"),
        pytest.param(NeedKind.HEADER, "sys/capability.h", "", id="libcap_is_no_part_of_linux"),
        pytest.param(NeedKind.HEADER, "netinet/sctp.h", "freebsd", id="sctp_is_part_of_freebsd"),
        pytest.param(NeedKind.HEADER, "pthread.h", "linux android darwin windows freebsd", id="threads"),
        pytest.param(NeedKind.HEADER, "CoreFoundation/CoreFoundation.h", "darwin", id="framework_header"),
        pytest.param(NeedKind.HEADER, "mach/mach_time.h", "darwin", id="mach"),
        pytest.param(NeedKind.HEADER, "winsock2.h", "windows", id="winsock"),
        pytest.param(NeedKind.HEADER, "arm_neon.h", "linux android darwin windows freebsd", id="neon"),
        pytest.param(NeedKind.HEADER, "cstdint", "linux android darwin windows freebsd", id="cxx"),
        pytest.param(NeedKind.HEADER, "GL/glew.h", "", id="glew_is_no_part_of_mingw"),
        pytest.param(NeedKind.LIB, "pthread", "linux android darwin windows freebsd", id="pthread"),
        pytest.param(NeedKind.LIB, "dl", "linux android darwin freebsd", id="dl"),
        pytest.param(NeedKind.LIB, "ws2_32", "windows", id="ws2_32"),
        pytest.param(NeedKind.LIB, "uuid", "windows", id="uuid_is_an_archive_of_windows"),
        pytest.param(NeedKind.LIB, "z", "android darwin freebsd", id="zlib"),
        pytest.param(NeedKind.LIB, "png", "", id="png"),
    ],
)
def test_the_shipped_systems_have_what_they_ship(kind: NeedKind, name: str, expected: str) -> None:
    systems = ("linux", "android", "darwin", "windows", "freebsd")

    assert expected.split() == [goos for goos in systems if load_system().has(kind, name, goos)]
