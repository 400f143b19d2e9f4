#!/bin/sh
# Install Duheng 度衡 from this folder, without any network.
#   ./install.sh [--prefix DIR]      default: /opt/duheng where it may be written, else ./duheng
# Installing over an earlier version upgrades the program; data lives elsewhere (DUHENG_HOME) and is not touched.
set -eu
version=@PYTHON@
asked_from=$PWD
cd "$(dirname "$0")"

# First of all what is missing, so that nobody reads on to find out.
python=
fit="import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$version')"
for name in "python$version" python3 python; do
    found=$(command -v "$name" 2>/dev/null) || continue
    if "$found" -I -c "$fit" >/dev/null 2>&1; then
        python=$found
        break
    fi
done
if [ -z "$python" ]; then
    echo "缺少 Python $version，请先安装：apt-get install python$version python$version-venv；若本机是其他版本的 Python，请用该版本重新制作安装包（Python $version was not found; install it, or make the bundle for the Python of this machine: make bundle PYTHON_VERSION=3.x）"
    exit 1
fi

prefix=
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) prefix=${2:?--prefix 后面要写安装目录} && shift 2 ;;
        --prefix=*) prefix=${1#--prefix=} && shift ;;
        -h | --help) sed -n '2,4s/^# *//p' install.sh && exit 0 ;;
        *) echo "不认识的参数 $1；用法：./install.sh [--prefix 目录]（unknown argument）" >&2 && exit 2 ;;
    esac
done
if [ -z "$prefix" ]; then
    if mkdir -p /opt/duheng 2>/dev/null && [ -w /opt/duheng ]; then prefix=/opt/duheng; else prefix=duheng; fi
fi
case $prefix in /*) ;; *) prefix=$asked_from/$prefix ;; esac
if [ -d "$prefix" ] && [ -n "$(ls -A "$prefix")" ] && [ ! -f "$prefix/pyvenv.cfg" ]; then
    echo "$prefix 里已有别的文件，请另选目录：./install.sh --prefix 目录（the folder holds other files; choose another one）" >&2
    exit 1
fi

if ! sha256sum --check --quiet --strict SHA256SUMS; then
    echo "安装包不完整或已被改动，请重新复制（the bundle is incomplete or was changed; copy it again）" >&2
    exit 1
fi

echo "安装到 $prefix（installing; Python: $python）"
# Without pip of its own: a Debian without python3-venv cannot provide it, and the bundle carries pip as a wheel.
"$python" -I -m venv --without-pip "$prefix"
set -- wheels/pip-*.whl
# The machine's configuration of pip may name indexes: nothing but this folder may be asked.
for name in $(env | sed -n 's/^\(PIP_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
PIP_CONFIG_FILE=/dev/null "$prefix/bin/python" -I "$1/pip" install --quiet --disable-pip-version-check \
    --no-cache-dir --no-index --find-links wheels --require-hashes --requirement requirements.txt
"$prefix/bin/duheng" --help >/dev/null

cat <<END
安装完成。启动：
    $prefix/bin/duheng serve
数据默认保存在 ~/.local/share/duheng，可用环境变量 DUHENG_HOME 另行指定；正式运行请先读本文件夹中的 operation.md。
(installed; start it with the line above; DUHENG_HOME chooses where data is kept; before production read operation.md)
END
